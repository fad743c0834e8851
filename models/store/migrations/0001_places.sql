-- The tree of jurisdictions, the communities in it, the doors and gates, and the
-- places declared risky. All instants everywhere are UTC milliseconds since 1970,
-- 0 for none: both databases order and keep them exactly.
-- +goose Up
CREATE TABLE jurisdictions (
  code      VARCHAR(6)  NOT NULL PRIMARY KEY,
  parent    VARCHAR(6)  NOT NULL,
  name_zh   VARCHAR(64) NOT NULL,
  name_en   VARCHAR(96) NOT NULL,
  time_zone VARCHAR(40) NOT NULL
);

CREATE TABLE communities (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  jurisdiction VARCHAR(6)  NOT NULL,
  name_zh      VARCHAR(64) NOT NULL,
  name_en      VARCHAR(96) NOT NULL,
  phone        VARCHAR(32) NOT NULL
);

CREATE INDEX communities_jurisdiction ON communities (jurisdiction);

CREATE TABLE venues (
  id           VARCHAR(26) NOT NULL PRIMARY KEY,
  jurisdiction VARCHAR(6)  NOT NULL,
  community_id VARCHAR(26) NOT NULL,
  name_zh      VARCHAR(64) NOT NULL,
  name_en      VARCHAR(96) NOT NULL,
  poster       VARCHAR(26) NOT NULL,
  created_at   BIGINT      NOT NULL
);

CREATE UNIQUE INDEX venues_poster ON venues (poster);

CREATE TABLE listings (
  id         VARCHAR(26) NOT NULL PRIMARY KEY,
  place      VARCHAR(26) NOT NULL,
  level      VARCHAR(16) NOT NULL,
  from_at    BIGINT      NOT NULL,
  to_at      BIGINT      NOT NULL,
  created_at BIGINT      NOT NULL,
  mac        VARBINARY(64) NOT NULL
);

CREATE INDEX listings_place ON listings (place, from_at);
