-- +goose Up
-- How much of what reaches an organisation of a kind stays there (党费留存比例), in ten-thousandths, as a committee has set it for
-- everything below it, from a year on. The rest is passed on upwards.
CREATE TABLE t_share (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, from_year BIGINT NOT NULL,
  kept BIGINT NOT NULL, basis {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_share_path ON t_share (org_path, from_year);
-- What an organisation has passed on upwards or spent, in fen. The program records it and moves no money.
CREATE TABLE t_outlay (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, year BIGINT NOT NULL, on_date {text} NOT NULL,
  sum_fen BIGINT NOT NULL, purpose {text} NOT NULL, document {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  retired_at BIGINT NOT NULL, retired_by {text} NOT NULL, retired_why {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_outlay_path ON t_outlay (org_path, year);
-- Years that an organisation has closed: what it received itself and from below, what it keeps and what it passes on.
CREATE TABLE t_closing (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, year BIGINT NOT NULL, paid_fen BIGINT NOT NULL,
  below_fen BIGINT NOT NULL, kept_fen BIGINT NOT NULL, passed_fen BIGINT NOT NULL, share BIGINT NOT NULL, receipts BIGINT NOT NULL,
  members BIGINT NOT NULL, behind BIGINT NOT NULL, reason {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  retired_at BIGINT NOT NULL, retired_by {text} NOT NULL, retired_why {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_closing_path ON t_closing (org_path, year);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
