-- Work on many residents that goes on through restarts: how far it is, and which
-- replica has it until when. What reached holds is the job's own: an id, or an
-- instant and an id.
-- +goose Up
CREATE TABLE jobs (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  kind         VARCHAR(16) NOT NULL,
  jurisdiction VARCHAR(6)  NOT NULL,
  subject      VARCHAR(26) NOT NULL,
  reached      VARCHAR(48) NOT NULL,
  people       BIGINT      NOT NULL,
  total        BIGINT      NOT NULL,
  changed      BIGINT      NOT NULL,
  state        VARCHAR(8)  NOT NULL,
  result       MEDIUMTEXT  NOT NULL,
  leased_by    VARCHAR(26) NOT NULL,
  leased_until BIGINT      NOT NULL,
  created_by   VARCHAR(40) NOT NULL,
  created_at   BIGINT      NOT NULL,
  ended_at     BIGINT      NOT NULL
);

CREATE INDEX jobs_subject ON jobs (kind, subject);

CREATE INDEX jobs_state ON jobs (state, ended_at);

-- Decisions in the order in which time overtakes them, for the job that never ends.
CREATE INDEX decisions_until ON decisions (until_at, resident_id, sequence);

INSERT INTO jobs (id, kind, jurisdiction, subject, reached, people, total, changed, state, result, leased_by, leased_until, created_by, created_at, ended_at)
  VALUES ('due', 'due', 'any', '', '', 0, 0, 0, 'open', '', '', 0, 'migrate', 0, 0);

-- Whose consent stands, without reading every consent that they ever gave.
CREATE INDEX consents_standing ON consents (resident_id, purpose, withdrawn_at);
