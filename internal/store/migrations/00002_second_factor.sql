-- +goose Up
-- Second factor of an account: codes by time (RFC 6238). Its secret follows from the salt and the installation's key
-- and is not here.
CREATE TABLE t_factor (
  id {text} PRIMARY KEY, account_id {text} NOT NULL UNIQUE, salt {text} NOT NULL, made BIGINT NOT NULL, confirmed BIGINT NOT NULL
);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
