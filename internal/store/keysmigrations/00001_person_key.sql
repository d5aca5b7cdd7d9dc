-- +goose Up
CREATE TABLE t_person_key (id {text} PRIMARY KEY, wrapped {blob} NOT NULL);

-- +goose Down
SELECT 1;
