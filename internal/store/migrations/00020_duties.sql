-- +goose Up
-- What happened in branches and to people, entered as dated facts until rooms of their own record it (台账). A correction is
-- a new row that follows the retired one.
CREATE TABLE t_entry (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, member_id {text} NOT NULL, applicant_id {text} NOT NULL,
  kind {text} NOT NULL, on_date {text} NOT NULL, detail {text} NOT NULL, document {text} NOT NULL, reason {text} NOT NULL,
  late BIGINT NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL, follows {text} NOT NULL, retired_at BIGINT NOT NULL,
  retired_by {text} NOT NULL, retired_why {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_entry_path ON t_entry (org_path, on_date, id);
CREATE INDEX t_entry_member ON t_entry (member_id, on_date) WHERE member_id <> '';
CREATE INDEX t_entry_applicant ON t_entry (applicant_id, on_date) WHERE applicant_id <> '';
-- Who is on the way into the Party and on no register yet.
CREATE TABLE t_applicant (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, name {text} NOT NULL, member_id {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_applicant_path ON t_applicant (org_path, id);
-- Duties that somebody who may has waived (to_on is empty) or postponed.
CREATE TABLE t_waiver (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, member_id {text} NOT NULL, applicant_id {text} NOT NULL,
  duty {text} NOT NULL, due_on {text} NOT NULL, to_on {text} NOT NULL, reason {text} NOT NULL, document {text} NOT NULL,
  account_id {text} NOT NULL, actor {text} NOT NULL, retired_at BIGINT NOT NULL, retired_by {text} NOT NULL, retired_why {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_waiver_path ON t_waiver (org_path, id);
CREATE INDEX t_waiver_member ON t_waiver (member_id) WHERE member_id <> '';
-- What is open in each branch, in a form that does not change as days pass: a duty is asked from from_on until gone_on and is
-- overdue after due_on; n says of how many people. It follows from the facts and is kept with them.
CREATE TABLE t_owed (
  org_path {text} NOT NULL, duty {text} NOT NULL, from_on {text} NOT NULL, due_on {text} NOT NULL, gone_on {text} NOT NULL,
  earliest {text} NOT NULL, org_id {text} NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (org_path, duty, from_on, due_on, gone_on, earliest)
) {clustered};
CREATE INDEX t_owed_due ON t_owed (duty, due_on, org_path);
-- Branches whose facts have changed since what is open there was worked out.
CREATE TABLE t_stale (id {text} PRIMARY KEY);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
