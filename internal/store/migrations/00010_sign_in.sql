-- +goose Up
-- Passkeys (WebAuthn): the public half of a key that stays in the holder's device. bound ties the row to the account
-- under the installation's key, so that a row written past the program opens nothing.
CREATE TABLE t_passkey (
  id {text} PRIMARY KEY, account_id {text} NOT NULL, credential {text} NOT NULL UNIQUE, public_key {blob} NOT NULL,
  bound {text} NOT NULL, name {text} NOT NULL, flags BIGINT NOT NULL, uses BIGINT NOT NULL, doubtful BIGINT NOT NULL,
  made BIGINT NOT NULL, used BIGINT NOT NULL
);
CREATE INDEX t_passkey_account ON t_passkey (account_id);
-- Who an account is at another sign-in service. The identifier there is kept as a keyed digest, and shown by its ends.
CREATE TABLE t_linked (
  id {text} PRIMARY KEY, account_id {text} NOT NULL, provider {text} NOT NULL, subject {text} NOT NULL UNIQUE,
  bound {text} NOT NULL, shown {text} NOT NULL, made BIGINT NOT NULL, used BIGINT NOT NULL, UNIQUE (account_id, provider)
);
-- What a browser was asked and has yet to answer: used once, within minutes, by the browser that was asked.
CREATE TABLE t_challenge (
  id {text} PRIMARY KEY, holder {text} NOT NULL, data {blob} NOT NULL, expires BIGINT NOT NULL
);
CREATE INDEX t_challenge_expires ON t_challenge (expires);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
