-- +goose Up
-- Documents that prove facts. Their pages are images, sealed with the member's key, in blob storage under the id.
CREATE TABLE t_document (
  id {text} PRIMARY KEY, member_id {text} NOT NULL, org_path {text} NOT NULL, kind {text} NOT NULL, title {blob} NOT NULL,
  pages BIGINT NOT NULL, bytes BIGINT NOT NULL, digest {blob} NOT NULL, state {text} NOT NULL, account_id {text} NOT NULL,
  actor {text} NOT NULL, at BIGINT NOT NULL, removed_at BIGINT NOT NULL, version BIGINT NOT NULL
);
CREATE INDEX t_document_member ON t_document (member_id, id);
CREATE INDEX t_document_path ON t_document (org_path);
-- The same files twice are one document.
CREATE UNIQUE INDEX t_document_digest ON t_document (digest) WHERE state = 'kept';
CREATE INDEX t_document_removed ON t_document (removed_at) WHERE state = 'removed';
-- Which facts of the record a document proves.
CREATE TABLE t_document_fact (
  id {text} PRIMARY KEY, document_id {text} NOT NULL, member_id {text} NOT NULL, org_path {text} NOT NULL, fact {text} NOT NULL
);
CREATE INDEX t_document_fact_member ON t_document_fact (member_id, fact);
CREATE INDEX t_document_fact_document ON t_document_fact (document_id);
CREATE INDEX t_document_fact_path ON t_document_fact (org_path);

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
