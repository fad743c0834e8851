-- What accounts get from the apps that they come from: a phone number, a passed
-- real-name check, leave to send messages, and a plugin's link to a resident.
-- +goose Up
ALTER TABLE accounts ADD COLUMN phone_sealed VARBINARY(255) NULL;

-- vendor_sealed is the platform's own number of the check. passed_at is 0 until the
-- platform has said that it was passed.
CREATE TABLE name_checks (
  id            VARCHAR(26)    NOT NULL PRIMARY KEY,
  account_id    VARCHAR(26)    NOT NULL,
  resident_id   VARCHAR(26)    NOT NULL,
  vendor_sealed VARBINARY(512) NOT NULL,
  created_at    BIGINT         NOT NULL,
  expires_at    BIGINT         NOT NULL,
  passed_at     BIGINT         NOT NULL
);

CREATE INDEX name_checks_expires ON name_checks (expires_at);

-- The messages that somebody has agreed to, by the platform's number of the
-- template. left_over is how many may still be sent, and -1 without end.
CREATE TABLE subscriptions (
  account_id VARCHAR(26) NOT NULL,
  template   VARCHAR(64) NOT NULL,
  left_over  INTEGER     NOT NULL,
  at         BIGINT      NOT NULL,
  PRIMARY KEY (account_id, template)
);

-- A plugin's account asks with a challenge; a resident answers it in the city's
-- own app with a hand-over. Only the hashes of the two are kept.
CREATE TABLE links (
  challenge   VARBINARY(32) NOT NULL PRIMARY KEY,
  account_id  VARCHAR(26)   NOT NULL,
  handover    VARBINARY(32) NULL,
  resident_id VARCHAR(26)   NOT NULL,
  mac         VARBINARY(64) NOT NULL,
  created_at  BIGINT        NOT NULL,
  expires_at  BIGINT        NOT NULL,
  used_at     BIGINT        NOT NULL
);

CREATE UNIQUE INDEX links_handover ON links (handover);

CREATE INDEX links_expires ON links (expires_at);
