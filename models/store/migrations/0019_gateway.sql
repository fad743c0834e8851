-- What sort of place a venue is. At a station, an airport or a motorway people arrive
-- from elsewhere; all others are doors.
-- +goose Up
ALTER TABLE venues ADD COLUMN kind VARCHAR(16) NOT NULL DEFAULT 'door';

-- Who said that they arrive, or have arrived, where and when, and with how many.
-- party_sealed is the plate, whom to reach at the destination, and who comes along.
CREATE TABLE arrivals (
  id             VARCHAR(26)   NOT NULL PRIMARY KEY,
  resident_id    VARCHAR(26)   NOT NULL,
  declaration_id VARCHAR(26)   NOT NULL,
  venue_id       VARCHAR(26)   NOT NULL,
  community_id   VARCHAR(26)   NOT NULL,
  party          INTEGER       NOT NULL,
  party_sealed   BLOB          NOT NULL,
  at             BIGINT        NOT NULL,
  created_at     BIGINT        NOT NULL,
  mac            VARBINARY(64) NOT NULL
);

CREATE INDEX arrivals_resident ON arrivals (resident_id, at);

CREATE INDEX arrivals_at ON arrivals (at);

-- Who waits at a gateway for a check, under a number of that day. Once for each
-- arrival; arrival_id is empty of somebody who had declared none.
CREATE TABLE arrival_queue (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  venue_id    VARCHAR(26)   NOT NULL,
  day         VARCHAR(10)   NOT NULL,
  number      INTEGER       NOT NULL,
  resident_id VARCHAR(26)   NOT NULL,
  arrival_id  VARCHAR(26)   NOT NULL,
  why         VARCHAR(16)   NOT NULL,
  at          BIGINT        NOT NULL,
  called_by   VARCHAR(26)   NOT NULL,
  called_at   BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

CREATE UNIQUE INDEX arrival_queue_number ON arrival_queue (venue_id, day, number);

CREATE UNIQUE INDEX arrival_queue_once ON arrival_queue (resident_id, venue_id, day, arrival_id);

CREATE INDEX arrival_queue_arrival ON arrival_queue (arrival_id);

CREATE INDEX arrival_queue_at ON arrival_queue (at);

-- What the check came to. Only ever inserted: once for each.
CREATE TABLE arrival_outcomes (
  entry_id VARCHAR(26)   NOT NULL PRIMARY KEY,
  staff_id VARCHAR(26)   NOT NULL,
  outcome  VARCHAR(16)   NOT NULL,
  at       BIGINT        NOT NULL,
  mac      VARBINARY(64) NOT NULL
);

CREATE INDEX arrival_outcomes_at ON arrival_outcomes (at);
