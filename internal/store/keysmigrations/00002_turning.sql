-- +goose Up
-- A newer state of the ring for the other processes of the installation, sealed, while keys are turned over.
CREATE TABLE t_ring (id {text} PRIMARY KEY, sealed {blob} NOT NULL);
-- Whose key was destroyed by procedure: applied again at every restore.
CREATE TABLE t_shredded (id {text} PRIMARY KEY, at BIGINT NOT NULL, certificate {text} NOT NULL);

-- +goose Down
SELECT 1;
