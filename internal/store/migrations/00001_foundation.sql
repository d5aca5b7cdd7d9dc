-- +goose Up
-- Ledger: an act is what somebody did; an event is one row's before and after within it.
-- A new act waits here, without a second index to write, until a second later the sequencer takes it into the chain.
CREATE TABLE t_waiting (
  id {text} PRIMARY KEY, at BIGINT NOT NULL, kind {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  role {text} NOT NULL, org_path {text} NOT NULL, subject {text} NOT NULL, subject_id {text} NOT NULL,
  reason {text} NOT NULL, source {text} NOT NULL, request {text} NOT NULL, detail {text} NOT NULL,
  first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, events BIGINT NOT NULL, digest {text} NOT NULL, mac {text} NOT NULL
) {clustered};
CREATE TABLE t_chained (
  id {text} PRIMARY KEY, at BIGINT NOT NULL, kind {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  role {text} NOT NULL, org_path {text} NOT NULL, subject {text} NOT NULL, subject_id {text} NOT NULL,
  reason {text} NOT NULL, source {text} NOT NULL, request {text} NOT NULL, detail {text} NOT NULL,
  first_seq BIGINT NOT NULL, last_seq BIGINT NOT NULL, events BIGINT NOT NULL, digest {text} NOT NULL, mac {text} NOT NULL
) {clustered};
CREATE INDEX t_chained_subject ON t_chained (subject_id, id);
CREATE INDEX t_chained_account ON t_chained (account_id, id);
CREATE INDEX t_chained_request ON t_chained (request, id) WHERE request <> '';
CREATE TABLE t_event (
  seq {serial}, act_id {text} NOT NULL, tbl {text} NOT NULL, row_id {text} NOT NULL, op {text} NOT NULL,
  before {text}, after {text}
);
CREATE INDEX t_event_row ON t_event (row_id, seq);
CREATE TABLE t_leaf (idx BIGINT PRIMARY KEY, act_id {text} NOT NULL UNIQUE) {clustered};
CREATE TABLE t_hash (idx BIGINT PRIMARY KEY, hash {blob} NOT NULL) {clustered};
CREATE TABLE t_checkpoint (size BIGINT PRIMARY KEY, at BIGINT NOT NULL, note {text} NOT NULL) {clustered};
CREATE TABLE t_schema (name {text} PRIMARY KEY, value {text} NOT NULL);

-- Organisations
CREATE TABLE t_org (
  id {text} PRIMARY KEY, path {text} NOT NULL UNIQUE, parent_id {text} NOT NULL, code {text} NOT NULL UNIQUE,
  name {text} NOT NULL, short_name {text} NOT NULL, pinyin {text} NOT NULL, initials {text} NOT NULL, kind {text} NOT NULL,
  unit {text} NOT NULL, unit_kind {text} NOT NULL, credit_code {text} NOT NULL, contact {text} NOT NULL, contact_phone {blob},
  established_on {text} NOT NULL, abolished_on {text} NOT NULL, next_child BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_org_parent ON t_org (parent_id, abolished_on, path);
-- The search of organisations reads these alone: with the path in them the scope is decided without the row.
CREATE INDEX t_org_code ON t_org (code, path);
CREATE INDEX t_org_name ON t_org (name, path);
CREATE INDEX t_org_short ON t_org (short_name, path);
CREATE INDEX t_org_pinyin ON t_org (pinyin, path);
CREATE INDEX t_org_initials ON t_org (initials, path);
-- Every ending of a short name, so that what stands in the middle is found by its beginning.
CREATE TABLE t_org_word (word {text} NOT NULL, org_path {text} NOT NULL, PRIMARY KEY (word, org_path)) {clustered};
CREATE TABLE t_org_event (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, on_date {text} NOT NULL,
  reason {text} NOT NULL, document {text} NOT NULL, was {text} NOT NULL, became {text} NOT NULL
);
CREATE INDEX t_org_event_org ON t_org_event (org_id, on_date);
CREATE TABLE t_post (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, title {text} NOT NULL, member_id {text} NOT NULL,
  holder {text} NOT NULL, from_on {text} NOT NULL, to_on {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_post_org ON t_post (org_id, to_on);
CREATE INDEX t_post_member ON t_post (member_id);
CREATE INDEX t_post_path ON t_post (org_path);

-- Members
CREATE TABLE t_member (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, name {text} NOT NULL, pinyin {text} NOT NULL,
  initials {text} NOT NULL, id_number {blob} NOT NULL, id_index {blob} NOT NULL UNIQUE, id_tail {blob} NOT NULL,
  sex {text} NOT NULL, born {text} NOT NULL, ethnicity {text} NOT NULL, education {text} NOT NULL,
  category {text} NOT NULL, joined_on {text} NOT NULL, confirmed_on {text} NOT NULL, occupation {text} NOT NULL,
  mobile {blob}, mobile_tail {blob}, phone {blob}, address {blob}, registry {text} NOT NULL,
  lost BIGINT NOT NULL, lost_on {text} NOT NULL, floating BIGINT NOT NULL, floating_to {text} NOT NULL, care BIGINT NOT NULL,
  notes {blob}, review {text} NOT NULL, state {text} NOT NULL, ended_on {text} NOT NULL, missing BIGINT NOT NULL,
  batch {text} NOT NULL, source_row BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_member_list ON t_member (org_path, pinyin, id) WHERE state = 'active';
CREATE INDEX t_member_ended ON t_member (org_path, pinyin, id) WHERE state = 'ended';
CREATE INDEX t_member_name ON t_member (name, org_path);
CREATE INDEX t_member_pinyin ON t_member (pinyin, org_path);
CREATE INDEX t_member_initials ON t_member (initials, org_path);
CREATE INDEX t_member_id_tail ON t_member (id_tail, org_path);
CREATE INDEX t_member_mobile_tail ON t_member (mobile_tail, org_path) WHERE mobile_tail IS NOT NULL;
CREATE INDEX t_member_batch ON t_member (batch) WHERE batch <> '';
CREATE INDEX t_member_probation ON t_member (org_path, pinyin, id) WHERE category = 'probationary';
-- Probations by their end, wherever they are: the oldest first.
CREATE INDEX t_member_due ON t_member (joined_on, org_path) WHERE category = 'probationary';
CREATE INDEX t_member_floating ON t_member (org_path, pinyin, id) WHERE floating = 1;
CREATE INDEX t_member_lost ON t_member (org_path, pinyin, id) WHERE lost = 1;
CREATE INDEX t_member_pending ON t_member (org_path, pinyin, id) WHERE review = 'pending';
CREATE INDEX t_member_missing ON t_member (org_path, pinyin, id) WHERE missing <> 0;
CREATE TABLE t_member_event (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL,
  on_date {text} NOT NULL, reason {text} NOT NULL, document {text} NOT NULL, was {text} NOT NULL, became {text} NOT NULL
);
CREATE INDEX t_member_event_member ON t_member_event (member_id, on_date);
CREATE INDEX t_member_event_path ON t_member_event (org_path, on_date);
-- Head counts of everybody strictly below an organisation, by month of birth; rows of one batch apart until folded.
CREATE TABLE t_headcount (
  org_path {text} NOT NULL, category {text} NOT NULL, sex {text} NOT NULL, born {text} NOT NULL, batch {text} NOT NULL,
  n BIGINT NOT NULL, PRIMARY KEY (org_path, category, sex, born, batch)
) {clustered};
CREATE INDEX t_headcount_batch ON t_headcount (batch, org_path) WHERE batch <> '';
CREATE TABLE t_look (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  kind {text} NOT NULL, purpose {text} NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX t_look_member ON t_look (member_id, id);
CREATE INDEX t_look_account ON t_look (account_id, at);

-- Imports
CREATE TABLE t_batch (
  id {text} PRIMARY KEY, org_id {text} NOT NULL, org_path {text} NOT NULL, account_id {text} NOT NULL, actor {text} NOT NULL,
  file_name {text} NOT NULL, file_hash {text} NOT NULL, sealed {text} NOT NULL, sheet {text} NOT NULL, mapping {text} NOT NULL,
  state {text} NOT NULL, result {text} NOT NULL, at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_batch_path ON t_batch (org_path, id);
CREATE INDEX t_batch_state ON t_batch (state);
CREATE TABLE t_hidden (id {text} PRIMARY KEY);
CREATE TABLE t_problem (
  batch_id {text} NOT NULL, n BIGINT NOT NULL, sheet {text} NOT NULL, line BIGINT NOT NULL, col {text} NOT NULL, level {text} NOT NULL,
  code {text} NOT NULL, message {text} NOT NULL, rule {text} NOT NULL, format {text} NOT NULL, args {text} NOT NULL, cell {text} NOT NULL,
  value {text} NOT NULL, who {text} NOT NULL, PRIMARY KEY (batch_id, n)
);
CREATE TABLE t_mapping (
  id {text} PRIMARY KEY, org_id {text} NOT NULL UNIQUE, org_path {text} NOT NULL, columns {text} NOT NULL
);

-- Accounts
CREATE TABLE t_account (
  id {text} PRIMARY KEY, login {text} NOT NULL UNIQUE, name {text} NOT NULL, org_id {text} NOT NULL, org_path {text} NOT NULL,
  member_id {text} NOT NULL, secret {text} NOT NULL, state {text} NOT NULL, language {text} NOT NULL, text_size {text} NOT NULL,
  contrast {text} NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_account_path ON t_account (org_path, login);
CREATE INDEX t_account_member ON t_account (member_id);
CREATE TABLE t_grant (
  id {text} PRIMARY KEY, account_id {text} NOT NULL, role {text} NOT NULL, org_id {text} NOT NULL, org_path {text} NOT NULL,
  post_id {text} NOT NULL, from_on {text} NOT NULL, to_on {text} NOT NULL, basis {text} NOT NULL
);
CREATE INDEX t_grant_account ON t_grant (account_id);
CREATE INDEX t_grant_path ON t_grant (org_path);
CREATE TABLE t_slip (
  id {text} PRIMARY KEY, account_id {text} NOT NULL, hash {text} NOT NULL UNIQUE, expires BIGINT NOT NULL, used BIGINT NOT NULL
);
CREATE INDEX t_slip_account ON t_slip (account_id);
CREATE TABLE t_token (
  id {text} PRIMARY KEY, account_id {text} NOT NULL, hash {text} NOT NULL UNIQUE, label {text} NOT NULL, made BIGINT NOT NULL,
  expires BIGINT NOT NULL, revoked BIGINT NOT NULL
);
CREATE INDEX t_token_account ON t_token (account_id);
CREATE TABLE t_setting (id {text} PRIMARY KEY, value {text} NOT NULL);
CREATE TABLE t_session (id {text} PRIMARY KEY, account_id {text} NOT NULL, data {blob} NOT NULL, expires BIGINT NOT NULL);
CREATE INDEX t_session_account ON t_session (account_id);
CREATE INDEX t_session_expires ON t_session (expires);
CREATE TABLE t_attempt (id {text} PRIMARY KEY, failures BIGINT NOT NULL, locked_until BIGINT NOT NULL, last_at BIGINT NOT NULL);
CREATE TABLE t_idempotency (
  id {text} PRIMARY KEY, account_id {text} NOT NULL, request {text} NOT NULL, status BIGINT NOT NULL, body {blob} NOT NULL, at BIGINT NOT NULL
);
CREATE TABLE t_job (
  id {text} PRIMARY KEY, kind {text} NOT NULL, state {text} NOT NULL, due BIGINT NOT NULL, lease BIGINT NOT NULL,
  detail {text} NOT NULL, progress BIGINT NOT NULL, result {text} NOT NULL
);
CREATE INDEX t_job_due ON t_job (kind, state, due);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
