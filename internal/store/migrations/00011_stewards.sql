-- +goose Up
-- Who answers for which kind of field from one organisation down, where it is decided otherwise than the rulebook has it.
CREATE TABLE t_steward (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, level {text} NOT NULL,
  steward {text} NOT NULL, reviewer {text} NOT NULL, from_on {text} NOT NULL, to_on {text} NOT NULL, basis {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_steward_path ON t_steward (org_path, kind);
-- Facts in dispute. What is said lies sealed under the member's key, and the cause that was found with it: rows of
-- t_cause count causes and know neither a member nor whoever entered anything.
CREATE TABLE t_dispute (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, field {text} NOT NULL, kind {text} NOT NULL,
  origin {text} NOT NULL, owner_id {text} NOT NULL, state {text} NOT NULL, outcome {text} NOT NULL, proposal_id {text} NOT NULL,
  content {blob} NOT NULL, answer {blob}, account_id {text} NOT NULL, actor {text} NOT NULL, person {text} NOT NULL,
  due_on {text} NOT NULL, escalated BIGINT NOT NULL, settled_at BIGINT NOT NULL, decider_id {text} NOT NULL, decider {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_dispute_open ON t_dispute (org_path, id) WHERE state = 'open';
CREATE INDEX t_dispute_due ON t_dispute (due_on) WHERE state = 'open';
CREATE INDEX t_dispute_owner ON t_dispute (owner_id, id) WHERE state = 'open';
CREATE INDEX t_dispute_settled ON t_dispute (org_path, settled_at) WHERE state <> 'open';
CREATE INDEX t_dispute_member ON t_dispute (member_id, id);
CREATE TABLE t_cause (id {text} PRIMARY KEY, org_path {text} NOT NULL, kind {text} NOT NULL, cause {text} NOT NULL, month {text} NOT NULL);
CREATE INDEX t_cause_path ON t_cause (org_path, month);
-- What is counted at and below each organisation for the pages on the quality of data; batch as in t_headcount.
CREATE TABLE t_tally (
  org_path {text} NOT NULL, kind {text} NOT NULL, day {text} NOT NULL, batch {text} NOT NULL, n BIGINT NOT NULL,
  PRIMARY KEY (org_path, kind, day, batch)
) {clustered};
CREATE INDEX t_tally_batch ON t_tally (batch, org_path) WHERE batch <> '';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
