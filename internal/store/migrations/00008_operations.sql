-- +goose Up
-- Backups and drills are few among many acts, and asked for whenever somebody looks whether all is well.
CREATE INDEX t_chained_backup ON t_chained (kind, id) WHERE subject = 'backup';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
