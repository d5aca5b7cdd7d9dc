-- +goose Up
-- Elections of branch committees (换届选举), from the request to the vote. Who stands and who watches the count is JSON.
CREATE TABLE t_election (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, state {text} NOT NULL, on_date {text} NOT NULL, seats BIGINT NOT NULL,
  standing BIGINT NOT NULL, people {text} NOT NULL, answer {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL, decider {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_election_path ON t_election (org_path, id);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
