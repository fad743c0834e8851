-- Arrivals that a guard at a gateway took down, for whoever has no phone or no code
-- here: who did, and the visit that it belongs to. Of somebody of elsewhere, which
-- installation knows them and by which handle. Whoever is no resident here has an
-- empty resident_id, and who they are is sealed with the rest.
-- +goose Up
ALTER TABLE arrivals ADD COLUMN entered_by VARCHAR(26) NOT NULL DEFAULT '';

ALTER TABLE arrivals ADD COLUMN visit_id VARCHAR(26) NOT NULL DEFAULT '';

ALTER TABLE arrivals ADD COLUMN peer VARCHAR(6) NOT NULL DEFAULT '';

ALTER TABLE arrivals ADD COLUMN handle VARCHAR(16) NOT NULL DEFAULT '';

CREATE INDEX arrivals_visit ON arrivals (visit_id);

CREATE INDEX arrivals_handle ON arrivals (handle, at);

-- The queue of a gateway takes those of elsewhere too, each once, so its rows are
-- copied into a table with another index.
CREATE TABLE arrival_turns (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  venue_id    VARCHAR(26)   NOT NULL,
  day         VARCHAR(10)   NOT NULL,
  number      INTEGER       NOT NULL,
  resident_id VARCHAR(26)   NOT NULL,
  peer        VARCHAR(6)    NOT NULL,
  handle      VARCHAR(16)   NOT NULL,
  arrival_id  VARCHAR(26)   NOT NULL,
  why         VARCHAR(16)   NOT NULL,
  at          BIGINT        NOT NULL,
  called_by   VARCHAR(26)   NOT NULL,
  called_at   BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

INSERT INTO arrival_turns (id, venue_id, day, number, resident_id, peer, handle, arrival_id, why, at, called_by, called_at, mac)
SELECT id, venue_id, day, number, resident_id, '', '', arrival_id, why, at, called_by, called_at, mac FROM arrival_queue;

DROP TABLE arrival_queue;

ALTER TABLE arrival_turns RENAME TO arrival_queue;

CREATE UNIQUE INDEX arrival_queue_number ON arrival_queue (venue_id, day, number);

CREATE UNIQUE INDEX arrival_queue_once ON arrival_queue (resident_id, peer, handle, venue_id, day, arrival_id);

CREATE INDEX arrival_queue_arrival ON arrival_queue (arrival_id);

CREATE INDEX arrival_queue_at ON arrival_queue (at);
