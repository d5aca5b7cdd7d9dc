-- +goose Up
-- What an organisation has decided stricter than a regulation for itself and everything below it: a parameter, a duty of its
-- own, or that one of these ends. Each waits for a second person; approved ones hold from a day to a day.
CREATE TABLE t_local_rule (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, about {text} NOT NULL,
  rule {text} NOT NULL, parameter {text} NOT NULL, setting {text} NOT NULL,
  title {text} NOT NULL, wording {text} NOT NULL, subject {text} NOT NULL, months BIGINT NOT NULL, due_within BIGINT NOT NULL,
  applies {text} NOT NULL, fulfilled {text} NOT NULL,
  from_on {text} NOT NULL, to_on {text} NOT NULL, basis {text} NOT NULL, state {text} NOT NULL,
  proposer_account {text} NOT NULL, proposer {text} NOT NULL, proposer_role {text} NOT NULL, proposed_at BIGINT NOT NULL,
  decider_account {text} NOT NULL, decider {text} NOT NULL, decider_role {text} NOT NULL, decided_at BIGINT NOT NULL,
  answer {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_local_rule_path ON t_local_rule (org_path, state);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
