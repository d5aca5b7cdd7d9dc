-- +goose Up
-- The tree as of a day: which organisations stand below another and since when is answered by this index alone, level by
-- level in the order of the tree, without their rows.
CREATE INDEX t_org_then ON t_org (parent_id, path, established_on, abolished_on, id);
-- Who stood elsewhere or was abolished for a time on a day: the periods that had not ended by then, and no others.
CREATE INDEX t_org_past_then ON t_org_past (what, to_on, from_on, org_id, org_path);
-- Which records went into another one: what holds for one of them holds for all.
CREATE INDEX t_member_event_united ON t_member_event (became) WHERE kind = 'united';

-- +goose Down
-- There is no way back by program: restore the copy that was made before the migration.
SELECT 1;
