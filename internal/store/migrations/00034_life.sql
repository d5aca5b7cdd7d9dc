-- +goose Up
-- Meetings of branches (组织生活), from the plan to the confirmed minutes. What was said, and why somebody stays away, is sealed.
CREATE TABLE t_meeting (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, also {text} NOT NULL, title {text} NOT NULL,
  on_date {text} NOT NULL, starts {text} NOT NULL, ends_on {text} NOT NULL, ends {text} NOT NULL, place {text} NOT NULL, topic {text} NOT NULL,
  partners {text} NOT NULL, hours {text} NOT NULL, chair_id {text} NOT NULL, chair {text} NOT NULL, recorder_id {text} NOT NULL,
  recorder {text} NOT NULL, state {text} NOT NULL, reason {text} NOT NULL, checked_by_id {text} NOT NULL, checked_by {text} NOT NULL,
  confirmed_by_id {text} NOT NULL, confirmed_by {text} NOT NULL, confirmed_at BIGINT NOT NULL, signed BIGINT NOT NULL, account_id {text} NOT NULL,
  actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_meeting_path ON t_meeting (org_path, on_date);
CREATE TABLE t_attendance (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, meeting_id {text} NOT NULL, member_id {text} NOT NULL,
  name {text} NOT NULL, vote BIGINT NOT NULL, standing {text} NOT NULL, answer {text} NOT NULL, state {text} NOT NULL, why {blob},
  version BIGINT NOT NULL
);
CREATE INDEX t_attendance_meeting ON t_attendance (meeting_id, id);
CREATE INDEX t_attendance_member ON t_attendance (member_id, id);
CREATE INDEX t_attendance_path ON t_attendance (org_path, id);
CREATE TABLE t_agenda (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, meeting_id {text} NOT NULL, place BIGINT NOT NULL,
  title {text} NOT NULL, reporter {text} NOT NULL, said {blob}, version BIGINT NOT NULL
);
CREATE INDEX t_agenda_meeting ON t_agenda (meeting_id, place);
CREATE INDEX t_agenda_path ON t_agenda (org_path, id);
-- What a meeting decided: who does it, by when, how one knows that it is done, and the evidence once it is.
CREATE TABLE t_resolution (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, meeting_id {text} NOT NULL, text {text} NOT NULL,
  owner_id {text} NOT NULL, owner {text} NOT NULL, due_on {text} NOT NULL, known_by {text} NOT NULL, state {text} NOT NULL,
  evidence {text} NOT NULL, closed_on {text} NOT NULL, closed_by_id {text} NOT NULL,
  closed_by {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_resolution_meeting ON t_resolution (meeting_id, id);
CREATE INDEX t_resolution_owner ON t_resolution (owner_id, state);
CREATE INDEX t_resolution_path ON t_resolution (org_path, id);
-- What is put right of confirmed minutes stands below them.
CREATE TABLE t_amendment (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, meeting_id {text} NOT NULL, said {blob},
  account_id {text} NOT NULL, actor {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_amendment_meeting ON t_amendment (meeting_id, id);
CREATE INDEX t_amendment_path ON t_amendment (org_path, id);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
