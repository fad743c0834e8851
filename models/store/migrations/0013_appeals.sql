-- Appeals, and the pictures that go with them. An appeal keeps which evidence it
-- contests, as it was when the appeal was made. Whose turn a review is, and since
-- when nobody has answered it in time, stands with the review.
-- +goose Up
CREATE TABLE appeals (
  id           VARCHAR(26)   NOT NULL PRIMARY KEY,
  resident_id  VARCHAR(26)   NOT NULL,
  target_kind  VARCHAR(16)   NOT NULL,
  target_id    VARCHAR(64)   NOT NULL,
  facts        TEXT          NOT NULL,
  words_sealed BLOB          NOT NULL,
  at           BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL
);

CREATE INDEX appeals_resident ON appeals (resident_id, at);

CREATE INDEX appeals_at ON appeals (at);

-- A picture belongs to no appeal until one takes it. One that another took the
-- place of before that has no bytes left.
CREATE TABLE photos (
  id           VARCHAR(26)   NOT NULL PRIMARY KEY,
  resident_id  VARCHAR(26)   NOT NULL,
  appeal_id    VARCHAR(26)   NOT NULL,
  image_sealed MEDIUMBLOB    NOT NULL,
  at           BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL
);

CREATE INDEX photos_resident ON photos (resident_id, appeal_id);

CREATE INDEX photos_appeal ON photos (appeal_id);

CREATE INDEX photos_at ON photos (at);

ALTER TABLE reviews ADD COLUMN level VARCHAR(16) NOT NULL DEFAULT 'community';

ALTER TABLE reviews ADD COLUMN overdue_at BIGINT NOT NULL DEFAULT 0;

CREATE INDEX reviews_due ON reviews (kind, judged_at, due_at);
