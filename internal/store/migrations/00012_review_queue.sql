-- +goose Up
-- What was returned is counted on every page of the queue, however much has been decided before.
CREATE INDEX t_proposal_state ON t_proposal (state, org_path, id);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
