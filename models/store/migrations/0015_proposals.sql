-- What somebody proposes that may change the colours of others, and what each
-- office has done to them. body_sealed says what it is about; mac vouches for who
-- proposed it.
-- +goose Up
CREATE TABLE proposals (
  id           VARCHAR(26)   NOT NULL PRIMARY KEY,
  lever        VARCHAR(16)   NOT NULL,
  office       VARCHAR(6)    NOT NULL,
  resident_id  VARCHAR(26)   NOT NULL,
  entered_kind VARCHAR(16)   NOT NULL,
  entered_by   VARCHAR(40)   NOT NULL,
  body_sealed  MEDIUMBLOB    NOT NULL,
  at           BIGINT        NOT NULL,
  people       BIGINT        NOT NULL,
  worse        BIGINT        NOT NULL,
  reddened     BIGINT        NOT NULL,
  state        VARCHAR(16)   NOT NULL,
  judged_by    VARCHAR(40)   NOT NULL,
  judged_at    BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL
);

CREATE INDEX proposals_open ON proposals (judged_at, office);

CREATE INDEX proposals_resident ON proposals (resident_id);

CREATE INDEX proposals_at ON proposals (at);

-- Positive results that were delivered and not agreed to yet, so that delivering
-- them again doubles nothing.
CREATE TABLE held_tests (
  document_id VARCHAR(26) NOT NULL,
  kind        VARCHAR(16) NOT NULL,
  sampled_at  BIGINT      NOT NULL,
  proposal_id VARCHAR(26) NOT NULL,
  PRIMARY KEY (document_id, kind, sampled_at, proposal_id)
);

-- When a listing ended before its time. A table of its own, so that nobody who can
-- only insert and update can make one go on.
CREATE TABLE listing_ends (
  listing_id VARCHAR(26)   NOT NULL PRIMARY KEY,
  to_at      BIGINT        NOT NULL,
  at         BIGINT        NOT NULL,
  mac        VARBINARY(64) NOT NULL
);

-- How many people an office turned red, by what. Only ever inserted.
CREATE TABLE reddenings (
  id         VARCHAR(26)   NOT NULL PRIMARY KEY,
  office     VARCHAR(6)    NOT NULL,
  lever      VARCHAR(16)   NOT NULL,
  subject_id VARCHAR(26)   NOT NULL,
  people     BIGINT        NOT NULL,
  at         BIGINT        NOT NULL,
  mac        VARBINARY(64) NOT NULL
);

CREATE INDEX reddenings_office ON reddenings (office, at);

-- What the auditors are told.
CREATE TABLE alarms (
  id         VARCHAR(26) NOT NULL PRIMARY KEY,
  kind       VARCHAR(16) NOT NULL,
  office     VARCHAR(6)  NOT NULL,
  lever      VARCHAR(16) NOT NULL,
  subject_id VARCHAR(26) NOT NULL,
  actor_id   VARCHAR(40) NOT NULL,
  people     BIGINT      NOT NULL,
  at         BIGINT      NOT NULL
);

CREATE INDEX alarms_at ON alarms (at);

-- Up to when an auditor has read them.
ALTER TABLE staff ADD COLUMN alarms_read_at BIGINT NOT NULL DEFAULT 0;

-- Whose epidemiologists must agree to what a client delivers.
ALTER TABLE clients ADD COLUMN jurisdiction VARCHAR(6) NOT NULL DEFAULT '';

-- Who declared for a resident, "" for the resident.
ALTER TABLE declarations ADD COLUMN entered_by VARCHAR(26) NOT NULL DEFAULT '';
