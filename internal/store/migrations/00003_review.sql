-- +goose Up
-- Changes to reviewed records that wait for a second person. The content is sealed with the member's key. owner_id is
-- the organisation whose reviewers are asked; escalates is when the next one above is (microseconds, 0: never);
-- confirmer is the account that entered what a reviewer corrected, and confirms the correction.
CREATE TABLE t_proposal (
  id {text} PRIMARY KEY, kind {text} NOT NULL, member_id {text} NOT NULL, org_path {text} NOT NULL, fields {text} NOT NULL,
  content {blob} NOT NULL,
  reason {text} NOT NULL, document {text} NOT NULL, documents {text} NOT NULL, on_date {text} NOT NULL, owner_id {text} NOT NULL,
  level {text} NOT NULL, escalates BIGINT NOT NULL, state {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  person {text} NOT NULL, confirmer {text} NOT NULL, decider_id {text} NOT NULL, decider {text} NOT NULL, decided BIGINT NOT NULL,
  answer {text} NOT NULL, batch {text} NOT NULL, source_row BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_proposal_queue ON t_proposal (org_path, id) WHERE state = 'pending';
CREATE INDEX t_proposal_owner ON t_proposal (owner_id, id) WHERE state = 'pending';
CREATE INDEX t_proposal_due ON t_proposal (escalates) WHERE state = 'pending';
CREATE INDEX t_proposal_member ON t_proposal (member_id, id);
CREATE INDEX t_proposal_account ON t_proposal (account_id, state, id);
CREATE INDEX t_proposal_batch ON t_proposal (batch) WHERE batch <> '';
CREATE INDEX t_member_returned ON t_member (org_path, pinyin, id) WHERE review = 'returned';
CREATE INDEX t_problem_line ON t_problem (batch_id, line);
-- Rows of an import that had a warning: they are reviewed one by one.
CREATE TABLE t_warned (batch_id {text} NOT NULL, line BIGINT NOT NULL, PRIMARY KEY (batch_id, line)) {clustered};
CREATE INDEX t_member_clean ON t_member (batch, id) WHERE batch <> '' AND review = 'pending';

-- Whoever has not been reviewed counts apart from now on. Counts follow from the members: they are made anew.
DELETE FROM t_headcount;
INSERT INTO t_headcount (org_path, category, sex, born, batch, n)
SELECT o.path, CASE WHEN m.review = 'reviewed' THEN m.category ELSE 'pending' END, m.sex, m.born, '', count(*)
FROM t_org o JOIN t_member m ON m.org_path > o.path AND m.org_path < substr(o.path, 1, length(o.path) - 1) || '/'
WHERE m.state = 'active' AND m.batch NOT IN (SELECT id FROM t_hidden)
GROUP BY o.path, CASE WHEN m.review = 'reviewed' THEN m.category ELSE 'pending' END, m.sex, m.born;

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
