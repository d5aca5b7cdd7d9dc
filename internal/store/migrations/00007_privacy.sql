-- +goose Up
-- Destructions by procedure: a proposal, a second person's answer, and the certificate. Who was destroyed is here an id.
CREATE TABLE t_destruction (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, class {text} NOT NULL, reason {text} NOT NULL,
  document {text} NOT NULL, state {text} NOT NULL, proposer_account {text} NOT NULL, proposer_member {text} NOT NULL,
  proposer {text} NOT NULL, proposer_post {text} NOT NULL, proposed_at BIGINT NOT NULL, decider_account {text} NOT NULL,
  decider {text} NOT NULL, decider_post {text} NOT NULL, decided_at BIGINT NOT NULL, answer {text} NOT NULL,
  done_at BIGINT NOT NULL, final_on {text} NOT NULL, rows BIGINT NOT NULL, digest {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_destruction_path ON t_destruction (org_path, id);
CREATE INDEX t_destruction_member ON t_destruction (member_id);
CREATE INDEX t_destruction_state ON t_destruction (state, id);
-- What members ask for about their own data, with the day by which it is to be answered.
CREATE TABLE t_request (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, state {text} NOT NULL,
  content {blob}, answer {blob}, at BIGINT NOT NULL, due_on {text} NOT NULL, answered_at BIGINT NOT NULL,
  account_id {text} NOT NULL, actor {text} NOT NULL, until_on {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_request_path ON t_request (org_path, state, due_on);
CREATE INDEX t_request_member ON t_request (member_id, id);
-- Records that are kept and not used, until a day. The id is the member's.
CREATE TABLE t_restriction (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, request_id {text} NOT NULL,
  actor {text} NOT NULL, from_on {text} NOT NULL, until_on {text} NOT NULL
);
CREATE INDEX t_restriction_path ON t_restriction (org_path);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
