-- Members of staff (their own document is kept so that nobody judges themselves), how they are invited, and the clients that deliver records.
-- +goose Up
CREATE TABLE staff (
  id            VARCHAR(26)    NOT NULL PRIMARY KEY,
  username      VARCHAR(32)    NOT NULL,
  display       VARCHAR(64)    NOT NULL,
  role          VARCHAR(16)    NOT NULL,
  jurisdiction  VARCHAR(6)     NOT NULL,
  venue_id      VARCHAR(26)    NOT NULL,
  document_type VARCHAR(32)    NOT NULL,
  number_sealed VARBINARY(255) NOT NULL,
  password_hash VARCHAR(128)   NOT NULL,
  totp_sealed   VARBINARY(255) NOT NULL,
  totp_step     BIGINT         NOT NULL,
  made_by       VARCHAR(26)    NOT NULL,
  created_at    BIGINT         NOT NULL,
  disabled_at   BIGINT         NOT NULL
);

CREATE UNIQUE INDEX staff_username ON staff (username);

CREATE TABLE staff_communities (
  staff_id     VARCHAR(26) NOT NULL,
  community_id VARCHAR(26) NOT NULL,
  PRIMARY KEY (staff_id, community_id)
);

CREATE TABLE invitations (
  hash         VARBINARY(32)  NOT NULL PRIMARY KEY,
  id           VARCHAR(26)    NOT NULL,
  role         VARCHAR(16)    NOT NULL,
  display      VARCHAR(64)    NOT NULL,
  jurisdiction VARCHAR(6)     NOT NULL,
  communities  TEXT           NOT NULL,
  venue_id     VARCHAR(26)    NOT NULL,
  totp_sealed  VARBINARY(255) NOT NULL,
  made_by      VARCHAR(26)    NOT NULL,
  created_at   BIGINT         NOT NULL,
  expires_at   BIGINT         NOT NULL,
  used_at      BIGINT         NOT NULL
);

CREATE TABLE clients (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  display     VARCHAR(64)   NOT NULL,
  secret_hash VARBINARY(32) NOT NULL,
  created_at  BIGINT        NOT NULL,
  disabled_at BIGINT        NOT NULL
);
