-- What telecom operators say of those of their subscribers who agreed to it: the
-- cities where their phones were, day by day.
--
-- Whose feeds are taken: the keys that an operator signs with, each row one of them
-- or the end of one (ended = 1), and the beginnings of the numbers that are its own.
-- Only ever inserted.
-- +goose Up
CREATE TABLE operators (
  operator_id VARCHAR(16)    NOT NULL,
  key_id      VARCHAR(16)    NOT NULL,
  ended       INTEGER        NOT NULL,
  public_key  VARBINARY(255) NOT NULL,
  numbers     VARCHAR(500)   NOT NULL,
  at          BIGINT         NOT NULL,
  mac         VARBINARY(64)  NOT NULL,
  PRIMARY KEY (operator_id, key_id, ended)
);

-- What an operator knows a resident's number by: random, and of that operator alone.
CREATE TABLE feed_tokens (
  token        VARBINARY(16)  NOT NULL PRIMARY KEY,
  operator_id  VARCHAR(16)    NOT NULL,
  resident_id  VARCHAR(26)    NOT NULL,
  phone_sealed VARBINARY(255) NOT NULL,
  at           BIGINT         NOT NULL,
  mac          VARBINARY(64)  NOT NULL
);

CREATE INDEX feed_tokens_resident ON feed_tokens (resident_id);

-- Tokens of which nothing counts any more. A table of its own, so that nobody who can
-- only insert can bring one back.
CREATE TABLE feed_token_ends (
  token       VARBINARY(16) NOT NULL PRIMARY KEY,
  operator_id VARCHAR(16)   NOT NULL,
  at          BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

CREATE INDEX feed_token_ends_at ON feed_token_ends (at);

-- The files that were begun: what was signed, and how far each has been read.
CREATE TABLE feeds (
  operator_id VARCHAR(16)    NOT NULL,
  sequence    BIGINT         NOT NULL,
  head        VARCHAR(255)   NOT NULL,
  key_id      VARCHAR(16)    NOT NULL,
  signature   VARBINARY(255) NOT NULL,
  reached     BIGINT         NOT NULL,
  counted     BIGINT         NOT NULL,
  taken       BIGINT         NOT NULL,
  known       BIGINT         NOT NULL,
  dropped     BIGINT         NOT NULL,
  begun_at    BIGINT         NOT NULL,
  ended_at    BIGINT         NOT NULL,
  mac         VARBINARY(64)  NOT NULL,
  PRIMARY KEY (operator_id, sequence)
);

-- One day of one phone: its cities with the hours in each. Of a day the highest
-- revision counts. The day comes first, so that a file is written at one end of the
-- table however long that is, and goes as one piece when its time is over; a phone's
-- days are a short search each.
CREATE TABLE traces (
  day      INTEGER       NOT NULL,
  token    VARBINARY(16) NOT NULL,
  revision INTEGER       NOT NULL,
  cities   VARCHAR(255)  NOT NULL,
  feed     BIGINT        NOT NULL,
  mac      VARBINARY(64) NOT NULL,
  PRIMARY KEY (day, token, revision)
);
