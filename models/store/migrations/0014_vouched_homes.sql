-- What decides whose rules apply, what evidence counts and whose it is carries a MAC
-- too, and where an earlier row must not come back, rows are only ever inserted.
-- +goose Up
ALTER TABLE accounts ADD COLUMN mac VARBINARY(64) NULL;

-- Where a resident lives from then on; the jurisdiction "none" is that they have
-- closed their code, or go on as another resident. The latest that verifies counts,
-- whatever stands in residents.
CREATE TABLE moves (
  resident_id  VARCHAR(26)   NOT NULL,
  sequence     BIGINT        NOT NULL,
  jurisdiction VARCHAR(6)    NOT NULL,
  community_id VARCHAR(26)   NOT NULL,
  merged_into  VARCHAR(26)   NOT NULL,
  at           BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL,
  PRIMARY KEY (resident_id, sequence)
);

-- A consent is taken back by a further row: of each purpose the latest counts.
ALTER TABLE consents ADD COLUMN sequence BIGINT NOT NULL DEFAULT 0;

ALTER TABLE consents ADD COLUMN mac VARBINARY(64) NULL;

CREATE UNIQUE INDEX consents_sequence ON consents (resident_id, purpose, sequence);

ALTER TABLE jurisdictions ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE communities ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE tags ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE name_checks ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE drafts ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE jobs ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE declarations ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE reviews ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE visits ADD COLUMN mac VARBINARY(64) NULL;

-- Where a guard stands decides where people are said to have been.
ALTER TABLE sessions ADD COLUMN venue_mac VARBINARY(64) NULL;
