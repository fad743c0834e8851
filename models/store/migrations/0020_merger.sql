-- What became part of what in the tree of jurisdictions, and under which paper. Only
-- ever inserted: nobody's row says another place because of it.
-- +goose Up
CREATE TABLE mergers (
  id          VARCHAR(26)   NOT NULL PRIMARY KEY,
  origin      VARCHAR(6)    NOT NULL,
  successor   VARCHAR(6)    NOT NULL,
  staff       INTEGER       NOT NULL,
  basis       VARCHAR(500)  NOT NULL,
  proposal_id VARCHAR(26)   NOT NULL,
  agreed_by   VARCHAR(40)   NOT NULL,
  at          BIGINT        NOT NULL,
  mac         VARBINARY(64) NOT NULL
);

-- What was counted of each jurisdiction on a day, as it may be told: what was too small
-- for that, or would have given it away, is kept nowhere. own is what stands in none of
-- the jurisdictions below.
CREATE TABLE figures (
  day          VARCHAR(10)   NOT NULL,
  jurisdiction VARCHAR(6)    NOT NULL,
  own          INTEGER       NOT NULL,
  counts       VARCHAR(1000) NOT NULL,
  at           BIGINT        NOT NULL,
  mac          VARBINARY(64) NOT NULL,
  PRIMARY KEY (day, jurisdiction, own)
);
