-- +goose Up
-- Whom an account belongs to who is still on the way into the Party: an applicant of the log book. Once the case goes on with
-- the record of a member, the account is the member's and this is empty again.
ALTER TABLE t_account ADD COLUMN applicant_id {text} NOT NULL DEFAULT '';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
