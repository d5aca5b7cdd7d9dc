-- +goose Up
-- In how many branches below an organisation a duty is overdue from a day until another, and since when the oldest: what t_owed
-- comes to, for each organisation above. A branch's own is read from t_owed.
CREATE TABLE t_late (
  org_path {text} NOT NULL, duty {text} NOT NULL, begin_on {text} NOT NULL, end_on {text} NOT NULL, oldest_on {text} NOT NULL,
  n BIGINT NOT NULL, PRIMARY KEY (org_path, duty, begin_on, end_on, oldest_on)
) {clustered};
-- What is owed was kept without it: computed once more.
DELETE FROM t_owed WHERE org_path = '';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
