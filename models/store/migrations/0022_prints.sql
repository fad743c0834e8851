-- Cards on paper, for people without a phone. hash is of what the card's code says,
-- which is kept nowhere.
-- +goose Up
CREATE TABLE prints (
  id           VARCHAR(26)   NOT NULL PRIMARY KEY,
  hash         VARBINARY(32) NOT NULL,
  resident_id  VARCHAR(26)   NOT NULL,
  community_id VARCHAR(26)   NOT NULL,
  staff_id     VARCHAR(26)   NOT NULL,
  at           BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL
);

CREATE UNIQUE INDEX prints_hash ON prints (hash);

CREATE INDEX prints_resident ON prints (resident_id);

CREATE INDEX prints_at ON prints (at);

-- Which cards count no longer, and who ended them. A table of its own, so that nobody
-- who can only insert and update can bring one back.
CREATE TABLE print_ends (
  print_id VARCHAR(26)   NOT NULL PRIMARY KEY,
  why      VARCHAR(16)   NOT NULL,
  at       BIGINT        NOT NULL,
  mac      VARBINARY(64) NOT NULL
);

CREATE INDEX print_ends_at ON print_ends (at);
