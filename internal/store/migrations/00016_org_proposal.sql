-- +goose Up
-- Acts on organisations that wait for a second person. The content is sealed with the key of the organisation that it is
-- about (of an establishment: of the superior). base is the version that the proposer saw; code is that of what is to be set
-- up, so that two do not ask for one; owner_id is the organisation whose reviewers are asked; escalates is when the next one
-- above is (microseconds, 0: never).
CREATE TABLE t_org_proposal (
  id {text} PRIMARY KEY, kind {text} NOT NULL, org_id {text} NOT NULL, org_path {text} NOT NULL, target_id {text} NOT NULL,
  code {text} NOT NULL, content {blob} NOT NULL, base BIGINT NOT NULL, reason {text} NOT NULL, document {text} NOT NULL,
  on_date {text} NOT NULL, owner_id {text} NOT NULL, escalates BIGINT NOT NULL, state {text} NOT NULL, account_id {text} NOT NULL,
  actor {text} NOT NULL, person {text} NOT NULL, decider_id {text} NOT NULL, decider {text} NOT NULL, decided BIGINT NOT NULL,
  answer {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_org_proposal_path ON t_org_proposal (org_path, id);
CREATE INDEX t_org_proposal_state ON t_org_proposal (state, id);
CREATE INDEX t_org_proposal_owner ON t_org_proposal (owner_id, id) WHERE state = 'pending';
CREATE INDEX t_org_proposal_due ON t_org_proposal (escalates) WHERE state = 'pending';
CREATE INDEX t_org_proposal_org ON t_org_proposal (org_id, state);
CREATE INDEX t_org_proposal_target ON t_org_proposal (target_id, state) WHERE target_id <> '';
CREATE INDEX t_org_proposal_code ON t_org_proposal (code) WHERE code <> '';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
