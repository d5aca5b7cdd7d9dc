-- +goose Up
-- Codes on paper for who has no phone at hand: each opens once, and only its keyed hash is here.
CREATE TABLE t_recovery (id {text} PRIMARY KEY, account_id {text} NOT NULL, hash {text} NOT NULL UNIQUE, used BIGINT NOT NULL);
CREATE INDEX t_recovery_account ON t_recovery (account_id);
-- Who the holder of an account without a record of her own is: the blind index of her ID number, as members have one.
-- Beside the account and not in it: a column added to a table would make its older images differ from its rows.
CREATE TABLE t_identity (id {text} PRIMARY KEY, account_id {text} NOT NULL UNIQUE, number {blob} NOT NULL);
CREATE INDEX t_identity_number ON t_identity (number);
-- A grant that somebody has lent: of which grant of hers, and who lends.
CREATE TABLE t_lending (
  id {text} PRIMARY KEY, grant_id {text} NOT NULL UNIQUE, org_path {text} NOT NULL, of_grant {text} NOT NULL, for_account {text} NOT NULL
);
CREATE INDEX t_lending_of ON t_lending (of_grant);
CREATE INDEX t_lending_for ON t_lending (for_account);
CREATE INDEX t_lending_path ON t_lending (org_path);
-- That somebody looked at a grant in a quarter and found it right.
CREATE TABLE t_grant_check (
  id {text} PRIMARY KEY, grant_id {text} NOT NULL, org_path {text} NOT NULL, quarter {text} NOT NULL,
  account_id {text} NOT NULL, actor {text} NOT NULL, at BIGINT NOT NULL
);
CREATE INDEX t_grant_check_grant ON t_grant_check (grant_id, quarter);
CREATE INDEX t_grant_check_path ON t_grant_check (org_path, quarter);
CREATE INDEX t_grant_role ON t_grant (role);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
