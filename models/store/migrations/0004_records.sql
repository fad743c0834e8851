-- What registries and laboratories deliver, by document: it may come before the
-- person ever registers, and it is shown to nobody whose document has not been
-- checked.
-- +goose Up
CREATE TABLE vaccinations (
  id          VARCHAR(26)    NOT NULL PRIMARY KEY,
  document_id VARCHAR(26)    NOT NULL,
  name_sealed VARBINARY(512) NOT NULL,
  product     VARCHAR(40)    NOT NULL,
  batch       VARCHAR(120)   NOT NULL,
  dose        INTEGER        NOT NULL,
  date_at     BIGINT         NOT NULL,
  site        VARCHAR(120)   NOT NULL,
  client_id   VARCHAR(26)    NOT NULL,
  created_at  BIGINT         NOT NULL,
  mac         VARBINARY(64)  NOT NULL
);

CREATE UNIQUE INDEX vaccinations_dose ON vaccinations (document_id, dose, date_at);

CREATE TABLE tests (
  id          VARCHAR(26)    NOT NULL PRIMARY KEY,
  document_id VARCHAR(26)    NOT NULL,
  name_sealed VARBINARY(512) NOT NULL,
  kind        VARCHAR(16)    NOT NULL,
  result      VARCHAR(16)    NOT NULL,
  sampled_at  BIGINT         NOT NULL,
  lab         VARCHAR(120)   NOT NULL,
  client_id   VARCHAR(26)    NOT NULL,
  created_at  BIGINT         NOT NULL,
  mac         VARBINARY(64)  NOT NULL
);

CREATE UNIQUE INDEX tests_sample ON tests (document_id, kind, sampled_at);
