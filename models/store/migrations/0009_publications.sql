-- Rule files and forms: drafts that an officer works on, what was published of
-- them, and every published file word for word. Publications are only ever
-- inserted, each with a MAC: the latest of a jurisdiction's that verifies is in
-- force, so going back is publishing the earlier file again.
-- +goose Up
CREATE TABLE drafts (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  kind         VARCHAR(8)  NOT NULL,
  jurisdiction VARCHAR(6)  NOT NULL,
  name         VARCHAR(40) NOT NULL,
  version      INTEGER     NOT NULL,
  hash         VARCHAR(64) NOT NULL,
  body         TEXT        NOT NULL,
  drafted_by   VARCHAR(40) NOT NULL,
  at           BIGINT      NOT NULL,
  closed_at    BIGINT      NOT NULL
);

CREATE INDEX drafts_open ON drafts (closed_at, jurisdiction);

CREATE TABLE publications (
  id           VARCHAR(26)   NOT NULL PRIMARY KEY,
  kind         VARCHAR(8)    NOT NULL,
  jurisdiction VARCHAR(6)    NOT NULL,
  name         VARCHAR(40)   NOT NULL,
  version      INTEGER       NOT NULL,
  hash         VARCHAR(64)   NOT NULL,
  drafted_by   VARCHAR(40)   NOT NULL,
  published_by VARCHAR(40)   NOT NULL,
  at           BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL
);

CREATE TABLE published_files (
  hash VARCHAR(64) NOT NULL PRIMARY KEY,
  body TEXT        NOT NULL,
  at   BIGINT      NOT NULL
);

-- One row: whoever publishes takes it, so that two do not at once.
CREATE TABLE publishing (
  id INTEGER NOT NULL PRIMARY KEY,
  at BIGINT  NOT NULL
);

INSERT INTO publishing (id, at) VALUES (1, 0);
