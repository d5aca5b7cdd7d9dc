-- +goose Up
-- Since when each fact of a member that ages is known, and the first day on which one of them is to be asked again: of the
-- member or the branch (due_on), of the branch in any case (branch_on). It follows from what was entered and confirmed and is
-- no fact of its own; it is kept so that nobody has to read everybody to find who is to be asked.
CREATE TABLE t_due (
  id {text} PRIMARY KEY, org_path {text} NOT NULL, due_on {text} NOT NULL, branch_on {text} NOT NULL, known {text} NOT NULL
);
CREATE INDEX t_due_path ON t_due (org_path, due_on);
-- Who said of which facts of a member that they are still right, and when.
CREATE TABLE t_affirmed (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, fields {text} NOT NULL, own BIGINT NOT NULL,
  account_id {text} NOT NULL, actor {text} NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX t_affirmed_member ON t_affirmed (member_id, id);
CREATE INDEX t_affirmed_path ON t_affirmed (org_path);
-- Who came from a branch: its members as of a day.
CREATE INDEX t_member_event_was ON t_member_event (was, on_date) WHERE kind = 'moved';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
