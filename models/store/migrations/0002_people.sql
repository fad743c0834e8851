-- Residents, the documents that prove who they are, the accounts they log in
-- with. A column ending in _sealed holds an AEAD ciphertext bound to its table,
-- column and row; a tag is a keyed blind index under the key of its version.
-- +goose Up
CREATE TABLE documents (
  id            VARCHAR(26)    NOT NULL PRIMARY KEY,
  type          VARCHAR(32)    NOT NULL,
  number_sealed VARBINARY(255) NOT NULL,
  created_at    BIGINT         NOT NULL
);

-- The keyed blind index: which row a document number or a login belongs to. It is
-- unique, which makes one document one resident, and it is a table of its own, so
-- that a value can be found under the old key and the new while keys rotate.
CREATE TABLE tags (
  purpose     VARCHAR(16)   NOT NULL,
  key_version BIGINT        NOT NULL,
  tag         VARBINARY(32) NOT NULL,
  subject_id  VARCHAR(26)   NOT NULL,
  PRIMARY KEY (purpose, key_version, tag)
);

CREATE INDEX tags_subject ON tags (subject_id);

-- document_id stays empty until the document has been checked: until then
-- number_sealed is only what somebody says. verified_mac vouches for it.
CREATE TABLE residents (
  id              VARCHAR(26)    NOT NULL PRIMARY KEY,
  document_id     VARCHAR(26)    NULL,
  jurisdiction    VARCHAR(6)     NOT NULL,
  community_id    VARCHAR(26)    NOT NULL,
  document_type   VARCHAR(32)    NOT NULL,
  number_sealed   VARBINARY(255) NOT NULL,
  name_sealed     VARBINARY(512) NOT NULL,
  phone_sealed    VARBINARY(255) NOT NULL,
  guardian_sealed VARBINARY(512) NOT NULL,
  verified_at     BIGINT         NOT NULL,
  verified_mac    VARBINARY(64)  NOT NULL,
  merged_into     VARCHAR(26)    NOT NULL,
  created_at      BIGINT         NOT NULL,
  updated_at      BIGINT         NOT NULL,
  closed_at       BIGINT         NOT NULL
);

CREATE UNIQUE INDEX residents_document ON residents (document_id);

CREATE INDEX residents_community ON residents (community_id);

CREATE INDEX residents_closed ON residents (closed_at);

CREATE TABLE accounts (
  id             VARCHAR(26)    NOT NULL PRIMARY KEY,
  platform       VARCHAR(16)    NOT NULL,
  open_id_sealed VARBINARY(512) NOT NULL,
  resident_id    VARCHAR(26)    NOT NULL,
  created_at     BIGINT         NOT NULL,
  closed_at      BIGINT         NOT NULL
);

CREATE INDEX accounts_resident ON accounts (resident_id);

-- One signed-in phone or browser of a resident's account, or of staff, or one
-- access token of a client. Only the hash of the token is kept.
CREATE TABLE sessions (
  id         VARCHAR(26)   NOT NULL PRIMARY KEY,
  hash       VARBINARY(32) NOT NULL,
  kind       VARCHAR(16)   NOT NULL,
  subject_id VARCHAR(26)   NOT NULL,
  venue_id   VARCHAR(26)   NOT NULL,
  device     VARCHAR(120)  NOT NULL,
  created_at BIGINT        NOT NULL,
  seen_at    BIGINT        NOT NULL,
  expires_at BIGINT        NOT NULL,
  ended_at   BIGINT        NOT NULL
);

CREATE UNIQUE INDEX sessions_hash ON sessions (hash);

CREATE INDEX sessions_subject ON sessions (subject_id);

CREATE INDEX sessions_expires ON sessions (expires_at);

-- What a shell puts into the fragment of the page that it opens: good once, for
-- a minute, for a session of the same account.
CREATE TABLE tickets (
  hash       VARBINARY(32) NOT NULL PRIMARY KEY,
  account_id VARCHAR(26)   NOT NULL,
  expires_at BIGINT        NOT NULL,
  used_at    BIGINT        NOT NULL
);

CREATE INDEX tickets_expires ON tickets (expires_at);

CREATE TABLE consents (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  resident_id  VARCHAR(26) NOT NULL,
  purpose      VARCHAR(16) NOT NULL,
  version      INTEGER     NOT NULL,
  given_at     BIGINT      NOT NULL,
  withdrawn_at BIGINT      NOT NULL
);

CREATE INDEX consents_resident ON consents (resident_id);
