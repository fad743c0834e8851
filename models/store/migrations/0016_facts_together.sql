-- A person's facts lie together, in the order of their ids: all of somebody's facts
-- are what is ever asked for. Before, each was where its id put it, somewhere in a
-- table of everybody's. Whoever still writes to the old table meanwhile is refused.
-- +goose Up
ALTER TABLE facts RENAME TO facts_apart;

CREATE TABLE facts (
  id          VARCHAR(26)   NOT NULL,
  resident_id VARCHAR(26)   NOT NULL,
  kind        VARCHAR(16)   NOT NULL,
  code        VARCHAR(40)   NOT NULL,
  level       VARCHAR(16)   NOT NULL,
  result      VARCHAR(16)   NOT NULL,
  at          BIGINT        NOT NULL,
  until_at    BIGINT        NOT NULL,
  source      VARCHAR(64)   NOT NULL,
  created_at  BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL,
  PRIMARY KEY (resident_id, id)
);

INSERT INTO facts (id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac)
  SELECT id, resident_id, kind, code, level, result, at, until_at, source, created_at, mac FROM facts_apart;

DROP TABLE facts_apart;

CREATE INDEX facts_at ON facts (at);
