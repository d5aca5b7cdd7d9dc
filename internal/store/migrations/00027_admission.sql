-- +goose Up
-- Steps on the way into the Party as they were taken on the case (发展党员案卷): what belongs to a step besides its day, sealed
-- under the key of whom it is about. entry_id is the dated fact of the log book that the rules read; a step of which the
-- rules read nothing has none. A late step, a correction and a withdrawal wait for a second person. follows is the step
-- that one stands in place of.
CREATE TABLE t_step (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, person_id {text} NOT NULL, member_id {text} NOT NULL,
  number {text} NOT NULL, kind {text} NOT NULL, on_date {text} NOT NULL, entry_id {text} NOT NULL, ballot_id {text} NOT NULL,
  state {text} NOT NULL, change {text} NOT NULL, follows {text} NOT NULL, content {blob}, account_id {text} NOT NULL, actor {text} NOT NULL,
  decider_id {text} NOT NULL, decider {text} NOT NULL, decided_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_step_person ON t_step (person_id, id);
CREATE INDEX t_step_waiting ON t_step (org_path, id) WHERE state = 'waiting';
-- What hangs on the board (公示): only what everybody may read. The text is taken away when the notice is.
CREATE TABLE t_board (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, person_id {text} NOT NULL, member_id {text} NOT NULL,
  step_id {text} NOT NULL, from_on {text} NOT NULL, until_on {text} NOT NULL, text {text} NOT NULL, ended BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_board_person ON t_board (person_id, id);
CREATE INDEX t_board_up ON t_board (until_on) WHERE ended = 0;
-- What somebody said against it, sealed under a key of its own. It is answered by the committee above, whose path it bears.
CREATE TABLE t_objection (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, board_id {text} NOT NULL, on_date {text} NOT NULL,
  content {blob}, state {text} NOT NULL, answer {blob}, account_id {text} NOT NULL, actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_objection_board ON t_objection (board_id, id);
CREATE INDEX t_objection_open ON t_objection (org_path, id) WHERE state = 'open';
-- How many people a committee may admit in a year (发展党员计划).
CREATE TABLE t_quota (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, year BIGINT NOT NULL, people BIGINT NOT NULL,
  document {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE UNIQUE INDEX t_quota_year ON t_quota (org_id, year);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
