-- +goose Up
-- Who the holder of an account without a record of her own is: her ID number, sealed with a key of the account, and its
-- blind index, which so can follow a new index key. What t_identity holds from before is the index alone.
CREATE TABLE t_holder (
  id {text} PRIMARY KEY, account_id {text} NOT NULL UNIQUE, number {blob} NOT NULL, number_index {blob} NOT NULL
);
CREATE INDEX t_holder_number ON t_holder (number_index);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
