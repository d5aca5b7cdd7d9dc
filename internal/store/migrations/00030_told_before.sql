-- +goose Up
-- Whom a notice was for before her record went into another, the last at the end; empty for most. Records that are made two
-- again give each its own back.
ALTER TABLE t_notice ADD COLUMN was_to {text} NOT NULL DEFAULT '';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
