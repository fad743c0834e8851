-- What lets somebody in carries a MAC too: sessions, tickets, invitations, clients
-- and staff. A row without one, or whose MAC does not verify, lets nobody in.
-- +goose Up
ALTER TABLE sessions ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE tickets ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE invitations ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE clients ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE staff ADD COLUMN mac VARBINARY(64) NULL;

ALTER TABLE staff_communities ADD COLUMN mac VARBINARY(64) NULL;
