-- +goose Up
-- What decides how much a member pays in a month (党费核定): the base of a year, or a reduction. Income and reasons are
-- sealed with the member's key. It holds once a second person has confirmed it. Months are written 2006-01.
CREATE TABLE t_assessment (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, member_id {text} NOT NULL, kind {text} NOT NULL,
  from_month {text} NOT NULL, to_month {text} NOT NULL, content {blob}, state {text} NOT NULL, account_id {text} NOT NULL,
  actor {text} NOT NULL, decider_id {text} NOT NULL, decider {text} NOT NULL, decided_at BIGINT NOT NULL, answer {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_assessment_path ON t_assessment (org_path, from_month);
CREATE INDEX t_assessment_member ON t_assessment (member_id);
-- Dues that were received (党费收据), in fen. A payment stays with the branch that received it, wherever its member goes.
-- Without months it is given freely beyond what is owed.
CREATE TABLE t_payment (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, member_id {text} NOT NULL, name {text} NOT NULL,
  from_month {text} NOT NULL, through_month {text} NOT NULL, on_date {text} NOT NULL, sum_fen BIGINT NOT NULL, owed_fen BIGINT NOT NULL,
  receipt {text} NOT NULL, way {text} NOT NULL, proxy {text} NOT NULL, agreed BIGINT NOT NULL, document {text} NOT NULL,
  reason {text} NOT NULL, reference {text} NOT NULL, entry_id {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  retired_at BIGINT NOT NULL, retired_by {text} NOT NULL, retired_why {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_payment_path ON t_payment (org_path, on_date, id);
CREATE INDEX t_payment_member ON t_payment (member_id, on_date);
CREATE INDEX t_payment_receipt ON t_payment (org_id, receipt);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
