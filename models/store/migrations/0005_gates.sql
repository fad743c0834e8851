-- The grants that phones hold and the visits that follow. A visit is its own
-- audit row and is only ever inserted; its id begins with its time, so that the
-- table can be cut into partitions by id.
-- +goose Up
CREATE TABLE grants (
  handle      VARBINARY(8)   NOT NULL PRIMARY KEY,
  resident_id VARCHAR(26)    NOT NULL,
  session_id  VARCHAR(26)    NOT NULL,
  decision_id VARCHAR(26)    NOT NULL,
  body        VARBINARY(128) NOT NULL,
  not_before  BIGINT         NOT NULL,
  expires_at  BIGINT         NOT NULL
);

CREATE INDEX grants_session ON grants (session_id, not_before);

CREATE INDEX grants_resident ON grants (resident_id);

CREATE INDEX grants_expires ON grants (expires_at);

CREATE TABLE visits (
  id            VARCHAR(26)    NOT NULL PRIMARY KEY,
  at            BIGINT         NOT NULL,
  venue_id      VARCHAR(26)    NOT NULL,
  resident_id   VARCHAR(26)    NOT NULL,
  grade         VARCHAR(16)    NOT NULL,
  handle        VARBINARY(8)   NOT NULL,
  staff_id      VARCHAR(26)    NOT NULL,
  person_sealed VARBINARY(900) NOT NULL,
  received_at   BIGINT         NOT NULL
);

CREATE INDEX visits_venue ON visits (venue_id, at);

CREATE INDEX visits_resident ON visits (resident_id, at);

CREATE INDEX visits_at ON visits (at);
