-- What residents are told of, and the messages that go out about it. A notice
-- names the decision or the review that it is of, and holds no words.
-- +goose Up
CREATE TABLE notices (
  id          VARCHAR(26) NOT NULL PRIMARY KEY,
  resident_id VARCHAR(26) NOT NULL,
  kind        VARCHAR(8)  NOT NULL,
  subject_id  VARCHAR(26) NOT NULL,
  at          BIGINT      NOT NULL,
  read_at     BIGINT      NOT NULL
);

CREATE INDEX notices_resident ON notices (resident_id, read_at);

CREATE INDEX notices_at ON notices (at);

-- One row for each account that is sent a message. Whoever sets out to send it
-- writes "doubtful" first, and what became of it afterwards: a row that is left
-- doubtful may have arrived, and is never sent again. next_at is when a waiting
-- row is due.
CREATE TABLE outbox (
  id         VARCHAR(26) NOT NULL PRIMARY KEY,
  notice_id  VARCHAR(26) NOT NULL,
  account_id VARCHAR(26) NOT NULL,
  template   VARCHAR(64) NOT NULL,
  state      VARCHAR(8)  NOT NULL,
  attempts   INTEGER     NOT NULL,
  at         BIGINT      NOT NULL,
  next_at    BIGINT      NOT NULL,
  ended_at   BIGINT      NOT NULL
);

CREATE INDEX outbox_due ON outbox (state, next_at);

CREATE INDEX outbox_notice ON outbox (notice_id);

CREATE INDEX outbox_at ON outbox (at);
