-- +goose Up
-- Members who are not counted among those who should attend an election (E-07). Which case it is and what proves it speak of
-- illness and punishment: sealed under the member's own key.
CREATE TABLE t_left_out (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, election_id {text} NOT NULL, member_id {text} NOT NULL,
  name {text} NOT NULL, content {blob}, state {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE UNIQUE INDEX t_left_out_once ON t_left_out (election_id, member_id);
CREATE INDEX t_left_out_member ON t_left_out (member_id);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
