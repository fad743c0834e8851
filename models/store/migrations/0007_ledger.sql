-- Who changed what, who looked at whom, and which requests were already done.
-- +goose Up
CREATE TABLE audit (
  id           VARCHAR(26)  NOT NULL PRIMARY KEY,
  at           BIGINT       NOT NULL,
  actor_kind   VARCHAR(16)  NOT NULL,
  actor_id     VARCHAR(40)  NOT NULL,
  action       VARCHAR(40)  NOT NULL,
  subject_kind VARCHAR(24)  NOT NULL,
  subject_id   VARCHAR(64)  NOT NULL,
  detail       VARCHAR(500) NOT NULL
);

CREATE INDEX audit_subject ON audit (subject_id, at);

CREATE INDEX audit_at ON audit (at);

CREATE TABLE accesses (
  id          VARCHAR(26) NOT NULL PRIMARY KEY,
  at          BIGINT      NOT NULL,
  actor_kind  VARCHAR(16) NOT NULL,
  actor_id    VARCHAR(40) NOT NULL,
  display     VARCHAR(64) NOT NULL,
  resident_id VARCHAR(26) NOT NULL,
  purpose     VARCHAR(16) NOT NULL
);

CREATE INDEX accesses_resident ON accesses (resident_id, at);

CREATE INDEX accesses_at ON accesses (at);

-- A request that may be repeated carries a key. The same key with the same body
-- is answered from subject_id; with another body it is a conflict.
CREATE TABLE requests (
  scope      VARCHAR(40)   NOT NULL,
  key_hash   VARBINARY(32) NOT NULL,
  body_hash  VARBINARY(32) NOT NULL,
  subject_id VARCHAR(26)   NOT NULL,
  at         BIGINT        NOT NULL,
  PRIMARY KEY (scope, key_hash)
);

CREATE INDEX requests_at ON requests (at);
