-- +goose Up
-- What an organisation was before: its name, superior or facts from a day on and until another, and when it was abolished
-- for a time. What it is now stands in its own row.
CREATE TABLE t_org_past (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, what {text} NOT NULL, from_on {text} NOT NULL,
  to_on {text} NOT NULL, parent_id {text} NOT NULL, value {text} NOT NULL
);
CREATE INDEX t_org_past_org ON t_org_past (org_id, what, to_on);
CREATE INDEX t_org_past_parent ON t_org_past (parent_id, to_on);
CREATE INDEX t_org_past_path ON t_org_past (org_path);
-- Which organisation goes on where another ended, or came out of it.
CREATE TABLE t_org_successor (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, successor_id {text} NOT NULL, kind {text} NOT NULL,
  on_date {text} NOT NULL, members BIGINT NOT NULL
);
CREATE INDEX t_org_successor_org ON t_org_successor (org_id, on_date);
CREATE INDEX t_org_successor_to ON t_org_successor (successor_id, on_date);
CREATE INDEX t_org_successor_path ON t_org_successor (org_path);

-- Dated facts of a member: earlier values of the record's columns, and honours, jobs, trainings, care, hardship. The value is
-- sealed with the member's key. Nothing is deleted: a fact that was wrong is retired.
CREATE TABLE t_fact (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, from_on {text} NOT NULL,
  to_on {text} NOT NULL, value {blob} NOT NULL, document {text} NOT NULL, reason {text} NOT NULL, late BIGINT NOT NULL,
  follows {text} NOT NULL, recorded BIGINT NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  retired BIGINT NOT NULL, retired_by {text} NOT NULL, retired_reason {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_fact_member ON t_fact (member_id, kind, from_on);
CREATE INDEX t_fact_path ON t_fact (org_path);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
