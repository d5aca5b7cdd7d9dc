-- +goose Up
-- What somebody is told. to_id is whom: a member, or an account whose holder has no record here. about and detail are codes
-- that the pages put into words; no text of a person's record lies here. pushed says whether it is also to be told outside:
-- 0 no, 1 it waits, 2 it was handed to the channels.
CREATE TABLE t_notice (
  id {text} PRIMARY KEY, to_id {text} NOT NULL, kind {text} NOT NULL, subject_id {text} NOT NULL, about {text} NOT NULL,
  detail {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL, at BIGINT NOT NULL, read_at BIGINT NOT NULL,
  pushed BIGINT NOT NULL
);
CREATE INDEX t_notice_to ON t_notice (to_id, at, id);
CREATE INDEX t_notice_unread ON t_notice (to_id) WHERE read_at = 0;
CREATE INDEX t_notice_pushed ON t_notice (to_id, id) WHERE pushed = 1;
CREATE INDEX t_notice_account ON t_notice (account_id);
CREATE INDEX t_notice_at ON t_notice (at);
-- Where somebody wants to be told outside, channel by channel: switched off, or an address that she has given, sealed with her
-- key (or that of her account). No row: the address of the record, where it has one.
CREATE TABLE t_reach (
  id {text} PRIMARY KEY, to_id {text} NOT NULL, channel {text} NOT NULL, off BIGINT NOT NULL, address {blob}, version BIGINT NOT NULL
);
CREATE INDEX t_reach_to ON t_reach (to_id);
-- What goes out: one row for a person, a channel, a day and how many before it on that day. content counts kinds of things.
CREATE TABLE t_outgoing (
  id {text} PRIMARY KEY, to_id {text} NOT NULL, channel {text} NOT NULL, day {text} NOT NULL, content {text} NOT NULL,
  state {text} NOT NULL, tries BIGINT NOT NULL, next_at BIGINT NOT NULL, at BIGINT NOT NULL, error {text} NOT NULL
);
CREATE INDEX t_outgoing_waiting ON t_outgoing (next_at, id) WHERE state = 'waiting';
CREATE INDEX t_outgoing_to ON t_outgoing (to_id, day);
CREATE INDEX t_outgoing_state ON t_outgoing (state, at);
CREATE INDEX t_outgoing_at ON t_outgoing (at);
-- Help that an organisation above has offered to a branch with something that is due there (协助补开).
CREATE TABLE t_help (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, from_id {text} NOT NULL, duty {text} NOT NULL,
  offer {text} NOT NULL, wording {text} NOT NULL, on_date {text} NOT NULL, state {text} NOT NULL, account_id {text} NOT NULL,
  actor {text} NOT NULL, closed_at BIGINT NOT NULL, closer_id {text} NOT NULL, closer {text} NOT NULL, answer {text} NOT NULL,
  version BIGINT NOT NULL
);
CREATE INDEX t_help_path ON t_help (org_path, id);
CREATE INDEX t_help_open ON t_help (org_path, duty) WHERE state = 'open';
-- Who has seen or taken out whose record, and what became of doubts, was told before out of those rows themselves.
INSERT INTO t_notice (id, to_id, kind, subject_id, about, detail, account_id, actor, at, read_at, pushed)
  SELECT id, member_id, 'look.' || kind, '', purpose, '', account_id, actor, at, at, 0 FROM t_look WHERE kind <> 'opened';
INSERT INTO t_notice (id, to_id, kind, subject_id, about, detail, account_id, actor, at, read_at, pushed)
  SELECT id, member_id, 'dispute.settled', id, field, outcome, decider_id, decider, settled_at, settled_at, 0 FROM t_dispute WHERE state = 'settled' AND member_id IN (SELECT id FROM t_member);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
