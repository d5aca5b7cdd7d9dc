-- +goose Up
-- Votes that are counted (计票): to whom or what they belong, what was voted on, and what was counted in the end. What is voted on
-- and the counts are JSON; the ids of items stay, so that two counts can be compared.
CREATE TABLE t_ballot (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, subject {text} NOT NULL, subject_id {text} NOT NULL,
  kind {text} NOT NULL, way {text} NOT NULL, on_date {text} NOT NULL, title {text} NOT NULL, seats BIGINT NOT NULL, entitled BIGINT NOT NULL,
  items {text} NOT NULL, state {text} NOT NULL, numbers {text} NOT NULL, reason {text} NOT NULL, account_id {text} NOT NULL,
  actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_ballot_subject ON t_ballot (subject, subject_id);
CREATE INDEX t_ballot_path ON t_ballot (org_path, on_date);
-- What one person read from the paper. Two of them make a result.
CREATE TABLE t_ballot_count (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, ballot_id {text} NOT NULL, numbers {text} NOT NULL,
  account_id {text} NOT NULL, actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE UNIQUE INDEX t_ballot_count_once ON t_ballot_count (ballot_id, account_id);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
