-- What residents declare, what follows from it, what rules make of it, and the
-- workers' reviews. Facts, withdrawals, decisions and judgements are only ever
-- inserted, each with a MAC under a key that the database never holds: a row
-- whose MAC does not verify counts as absent.
-- +goose Up
CREATE TABLE declarations (
  id             VARCHAR(26) NOT NULL PRIMARY KEY,
  resident_id    VARCHAR(26) NOT NULL,
  account_id     VARCHAR(26) NOT NULL,
  form           VARCHAR(32) NOT NULL,
  form_version   INTEGER     NOT NULL,
  answers_sealed BLOB        NOT NULL,
  review         BOOLEAN     NOT NULL,
  at             BIGINT      NOT NULL
);

CREATE INDEX declarations_resident ON declarations (resident_id, at);

CREATE INDEX declarations_at ON declarations (at);

-- Where a declaration says its resident was, to be held against the listings.
CREATE TABLE stays (
  id             VARCHAR(26)   NOT NULL PRIMARY KEY,
  declaration_id VARCHAR(26)   NOT NULL,
  resident_id    VARCHAR(26)   NOT NULL,
  place          VARCHAR(26)   NOT NULL,
  from_at        BIGINT        NOT NULL,
  to_at          BIGINT        NOT NULL,
  mac            VARBINARY(64) NOT NULL
);

CREATE INDEX stays_resident ON stays (resident_id);

CREATE INDEX stays_place ON stays (place, to_at);

CREATE TABLE facts (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  resident_id VARCHAR(26)   NOT NULL,
  kind        VARCHAR(16)   NOT NULL,
  code        VARCHAR(40)   NOT NULL,
  level       VARCHAR(16)   NOT NULL,
  result      VARCHAR(16)   NOT NULL,
  at          BIGINT        NOT NULL,
  until_at    BIGINT        NOT NULL,
  source      VARCHAR(64)   NOT NULL,
  created_at  BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

CREATE INDEX facts_resident ON facts (resident_id);

CREATE INDEX facts_at ON facts (at);

-- Evidence that turned out to be wrong: everything whose source is this no
-- longer counts. A table of its own, so that nobody who can only update rows
-- can bring evidence back.
CREATE TABLE withdrawals (
  source      VARCHAR(64)   NOT NULL PRIMARY KEY,
  resident_id VARCHAR(26)   NOT NULL,
  at          BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

CREATE INDEX withdrawals_resident ON withdrawals (resident_id);

CREATE TABLE decisions (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  resident_id VARCHAR(26)   NOT NULL,
  sequence    INTEGER       NOT NULL,
  colour      VARCHAR(8)    NOT NULL,
  reasons     TEXT          NOT NULL,
  until_at    BIGINT        NOT NULL,
  rule_set    VARCHAR(80)   NOT NULL,
  facts       TEXT          NOT NULL,
  at          BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

CREATE UNIQUE INDEX decisions_resident ON decisions (resident_id, sequence);

CREATE INDEX decisions_at ON decisions (at);

-- Every rule set that ever decided, word for word.
CREATE TABLE rule_sets (
  name       VARCHAR(80) NOT NULL PRIMARY KEY,
  body       TEXT        NOT NULL,
  created_at BIGINT      NOT NULL
);

CREATE TABLE corrections (
  id           VARCHAR(26)    NOT NULL PRIMARY KEY,
  resident_id  VARCHAR(26)    NOT NULL,
  field        VARCHAR(16)    NOT NULL,
  value_sealed VARBINARY(512) NOT NULL,
  at           BIGINT         NOT NULL
);

CREATE INDEX corrections_resident ON corrections (resident_id);

CREATE TABLE reviews (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  kind         VARCHAR(16) NOT NULL,
  resident_id  VARCHAR(26) NOT NULL,
  subject_id   VARCHAR(26) NOT NULL,
  community_id VARCHAR(26) NOT NULL,
  state        VARCHAR(16) NOT NULL,
  claimed_by   VARCHAR(26) NOT NULL,
  claimed_at   BIGINT      NOT NULL,
  created_at   BIGINT      NOT NULL,
  due_at       BIGINT      NOT NULL,
  judged_at    BIGINT      NOT NULL
);

CREATE INDEX reviews_queue ON reviews (community_id, state, due_at);

CREATE INDEX reviews_resident ON reviews (resident_id);

CREATE TABLE judgements (
  review_id VARCHAR(26)   NOT NULL PRIMARY KEY,
  staff_id  VARCHAR(26)   NOT NULL,
  verdict   VARCHAR(16)   NOT NULL,
  words     VARCHAR(500)  NOT NULL,
  at        BIGINT        NOT NULL,
  mac       VARBINARY(64) NOT NULL
);
