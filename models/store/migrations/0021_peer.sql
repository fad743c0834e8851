-- Other installations. Which there are and what their colours come to here is a
-- published file, and only ever inserted: of a place and a peer, the highest version
-- that verifies is in force.
-- +goose Up
CREATE TABLE peers (
  id      VARCHAR(26)   NOT NULL PRIMARY KEY,
  place   VARCHAR(6)    NOT NULL,
  code    VARCHAR(6)    NOT NULL,
  version INTEGER       NOT NULL,
  hash    VARCHAR(64)   NOT NULL,
  made_by VARCHAR(40)   NOT NULL,
  at      BIGINT        NOT NULL,
  mac     VARBINARY(64) NOT NULL
);

-- What an installation says its pass keys are, in its own words and under its own
-- signature, so that its passes open here while it cannot be reached.
CREATE TABLE peer_keys (
  id   VARCHAR(26) NOT NULL PRIMARY KEY,
  code VARCHAR(6)  NOT NULL,
  body MEDIUMTEXT  NOT NULL,
  at   BIGINT      NOT NULL
);

CREATE INDEX peer_keys_at ON peer_keys (at);

-- Which slots of whose passes another installation was told about: each once.
CREATE TABLE peer_answers (
  handle VARBINARY(8) NOT NULL,
  slot   INTEGER      NOT NULL,
  asker  VARCHAR(13)  NOT NULL,
  at     BIGINT       NOT NULL,
  PRIMARY KEY (handle, slot, asker)
);

CREATE INDEX peer_answers_at ON peer_answers (at);

-- Who of elsewhere was at a venue here: the installation that knows them and the
-- handle that it knows them by, and no name.
CREATE TABLE peer_visits (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  at          BIGINT        NOT NULL,
  venue_id    VARCHAR(26)   NOT NULL,
  peer        VARCHAR(6)    NOT NULL,
  handle      VARBINARY(8)  NOT NULL,
  colour      VARCHAR(16)   NOT NULL,
  asked       INTEGER       NOT NULL,
  staff_id    VARCHAR(26)   NOT NULL,
  received_at BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

CREATE INDEX peer_visits_venue ON peer_visits (venue_id, at);

CREATE INDEX peer_visits_at ON peer_visits (at);
