-- +goose Up
-- Files that have come in for a member's file and are not taken apart yet. The originals lie in the spool, sealed with
-- her key, and go when the document is there; the id is that of the document.
CREATE TABLE t_arrival (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, account_id {text} NOT NULL, kind {text} NOT NULL, files BIGINT NOT NULL,
  state {text} NOT NULL, again BIGINT NOT NULL, tries BIGINT NOT NULL, message {text} NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX t_arrival_account ON t_arrival (account_id, id);
CREATE INDEX t_arrival_member ON t_arrival (member_id);
CREATE INDEX t_arrival_state ON t_arrival (state, id);
-- Further records of the same person that a destruction covers: those that went into the one that it names, and the one
-- that it went into.
CREATE TABLE t_destruction_record (
  id {text} PRIMARY KEY, destruction_id {text} NOT NULL, member_id {text} NOT NULL, org_path {text} NOT NULL
);
CREATE INDEX t_destruction_record_of ON t_destruction_record (destruction_id);
CREATE INDEX t_destruction_record_member ON t_destruction_record (member_id);
CREATE INDEX t_destruction_record_path ON t_destruction_record (org_path);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
