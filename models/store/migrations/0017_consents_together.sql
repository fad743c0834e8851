-- What somebody said of a purpose lies together, in the order in which they said it:
-- the latest is what is asked for, of a million people in a row when rules change.
-- Whoever still writes to the old table meanwhile is refused.
-- +goose Up
ALTER TABLE consents RENAME TO consents_apart;

CREATE TABLE consents (
  id           VARCHAR(26)   NOT NULL,
  resident_id  VARCHAR(26)   NOT NULL,
  purpose      VARCHAR(16)   NOT NULL,
  version      INTEGER       NOT NULL,
  given_at     BIGINT        NOT NULL,
  withdrawn_at BIGINT        NOT NULL,
  sequence     BIGINT        NOT NULL,
  mac          VARBINARY(64) NULL,
  PRIMARY KEY (resident_id, purpose, sequence)
);

INSERT INTO consents (id, resident_id, purpose, version, given_at, withdrawn_at, sequence, mac)
  SELECT id, resident_id, purpose, version, given_at, withdrawn_at, sequence, mac FROM consents_apart;

DROP TABLE consents_apart;
