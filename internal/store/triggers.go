package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// column is a column as the database reports it.
type column struct {
	name string
	blob bool
}

// readColumns learns every table's columns from the database, so that an image never forgets one.
func (d *DB) readColumns(ctx context.Context) error {
	d.columns = map[string][]column{}
	for name := range tables {
		query := "SELECT name, CASE WHEN upper(type) = 'BLOB' THEN 1 ELSE 0 END FROM pragma_table_info(?) ORDER BY cid"
		if d.dialect == postgres {
			query = "SELECT column_name, CASE WHEN data_type = 'bytea' THEN 1 ELSE 0 END FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1 ORDER BY ordinal_position"
		}
		rows, err := d.write.QueryContext(ctx, query, "t_"+name)
		if err != nil {
			return explain(err)
		}
		for rows.Next() {
			var c column
			var blob int
			if err := rows.Scan(&c.name, &blob); err != nil {
				rows.Close()
				return err
			}
			c.blob = blob == 1
			d.columns[name] = append(d.columns[name], c)
		}
		if err := rows.Err(); err != nil {
			return explain(err)
		}
		if len(d.columns[name]) == 0 {
			return fmt.Errorf("store: table t_%s is missing", name)
		}
	}
	return nil
}

// imaged are the columns that go into a table's image, and the rest.
func (d *DB) imaged(name string) (in []column, out []string) {
	skip := d.skips[name]
	for _, c := range d.columns[name] {
		if slices.Contains(skip, c.name) {
			out = append(out, c.name)
		} else {
			in = append(in, c)
		}
	}
	return in, out
}

// image is the SQL expression of a row's image: JSON of its columns in their order, bytes as hexadecimal digits.
func (d *DB) image(name, row string) string {
	in, _ := d.imaged(name)
	var parts []string
	for _, c := range in {
		parts = append(parts, "'"+c.name+"',"+d.imageValue(row, c))
	}
	if d.dialect == postgres {
		return "json_build_object(" + strings.Join(parts, ",") + ")::text"
	}
	return "json_object(" + strings.Join(parts, ",") + ")"
}

// was is the SQL expression of what an update replaced: JSON of the columns that differ, as they were. With the image
// after it, which is whole, it gives the row before.
func (d *DB) was(name string) string {
	in, _ := d.imaged(name)
	differs := " IS NOT "
	if d.dialect == postgres {
		differs = " IS DISTINCT FROM "
	}
	var parts []string
	for _, c := range in {
		parts = append(parts, "CASE WHEN OLD."+c.name+differs+"NEW."+c.name+" THEN '\""+c.name+"\":' || "+d.jsonOf("OLD", c)+" END")
	}
	return "'{' || concat_ws(','," + strings.Join(parts, ",") + ") || '}'"
}

// jsonOf is a column's value as JSON text.
func (d *DB) jsonOf(row string, c column) string {
	if d.dialect == postgres {
		return "coalesce(to_json(" + d.imageValue(row, c) + ")::text,'null')"
	}
	return "json_quote(" + d.imageValue(row, c) + ")"
}

// imageValue is a column's value as it stands in an image: bytes as hexadecimal digits.
func (d *DB) imageValue(row string, c column) string {
	v := row + "." + c.name
	switch {
	case c.blob && d.dialect == postgres:
		return "encode(" + v + ",'hex')"
	case c.blob:
		return "hex(" + v + ")"
	}
	return v
}

// triggerText is everything the audit needs in the database, as statements.
func (d *DB) triggerText() []string {
	var out []string
	names := make([]string, 0, len(tables))
	for name, t := range tables {
		if t.class == fact {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if d.dialect == postgres {
			out = append(out, d.postgresTrigger(name)...)
		} else {
			out = append(out, d.sqliteTriggers(name)...)
		}
	}
	if d.dialect == sqlite {
		out = append(out, "CREATE TRIGGER audit_seen AFTER INSERT ON t_event BEGIN SELECT "+seenFunction+
			"(NEW.seq, NEW.tbl, NEW.row_id, NEW.op, NEW.before, NEW.after); END")
	}
	for _, name := range []string{"chained", "event", "leaf", "hash"} {
		out = append(out, d.appendOnly(name)...)
	}
	return append(out, d.keepWaiting()...)
}

func (d *DB) sqliteTriggers(name string) []string {
	in, skipped := d.imaged(name)
	var cols []string
	for _, c := range in {
		cols = append(cols, c.name)
	}
	make := func(suffix, when, op, id, before, after string) string {
		return fmt.Sprintf("CREATE TRIGGER audit_%s_%s AFTER %s ON t_%s BEGIN "+
			"INSERT INTO t_event (act_id, tbl, row_id, op, before, after) VALUES (%s(), '%s', %s.id, '%s', %s, %s); END",
			name, suffix, when, name, actFunction, name, id, op, before, after)
	}
	out := []string{
		make("i", "INSERT", "I", "NEW", "NULL", d.image(name, "NEW")),
		make("u", "UPDATE OF "+strings.Join(cols, ", "), "U", "NEW", d.was(name), d.image(name, "NEW")),
		make("d", "DELETE", "D", "OLD", d.image(name, "OLD"), "NULL"),
	}
	if len(skipped) > 0 {
		out = append(out, fmt.Sprintf("CREATE TRIGGER audit_%s_g BEFORE UPDATE OF %s ON t_%s BEGIN SELECT %s(); END",
			name, strings.Join(skipped, ", "), name, actFunction))
	}
	return out
}

func (d *DB) postgresTrigger(name string) []string {
	in, _ := d.imaged(name)
	var old, new []string
	for _, c := range in {
		old = append(old, "OLD."+c.name)
		new = append(new, "NEW."+c.name)
	}
	fn := fmt.Sprintf(`CREATE OR REPLACE FUNCTION zhibu_audit_%[1]s() RETURNS trigger LANGUAGE plpgsql AS $zhibu$
DECLARE act text := current_setting('zhibu.act', true);
BEGIN
  IF act IS NULL OR act = '' THEN RAISE EXCEPTION 'zhibu: write without an audit context'; END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO t_event (act_id, tbl, row_id, op, before, after) VALUES (act, '%[1]s', NEW.id, 'I', NULL, %[3]s);
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO t_event (act_id, tbl, row_id, op, before, after) VALUES (act, '%[1]s', OLD.id, 'D', %[2]s, NULL);
  ELSIF (%[4]s) IS DISTINCT FROM (%[5]s) THEN
    INSERT INTO t_event (act_id, tbl, row_id, op, before, after) VALUES (act, '%[1]s', NEW.id, 'U', %[6]s, %[3]s);
  END IF;
  RETURN NULL;
END $zhibu$`, name, d.image(name, "OLD"), d.image(name, "NEW"), strings.Join(old, ", "), strings.Join(new, ", "), d.was(name))
	return []string{fn, fmt.Sprintf("CREATE TRIGGER audit_%[1]s AFTER INSERT OR UPDATE OR DELETE ON t_%[1]s FOR EACH ROW EXECUTE FUNCTION zhibu_audit_%[1]s()", name)}
}

// appendOnly refuses to change or remove a row of the audit.
func (d *DB) appendOnly(name string) []string {
	if d.dialect == postgres {
		return []string{
			"CREATE OR REPLACE FUNCTION zhibu_append_only() RETURNS trigger LANGUAGE plpgsql AS $zhibu$ BEGIN RAISE EXCEPTION 'zhibu: the ledger is append-only'; END $zhibu$",
			fmt.Sprintf("CREATE TRIGGER keep_%[1]s BEFORE UPDATE OR DELETE ON t_%[1]s FOR EACH ROW EXECUTE FUNCTION zhibu_append_only()", name),
		}
	}
	var out []string
	for _, op := range []string{"UPDATE", "DELETE"} {
		out = append(out, fmt.Sprintf("CREATE TRIGGER keep_%s_%s BEFORE %s ON t_%s BEGIN SELECT RAISE(ABORT, 'zhibu: the ledger is append-only'); END",
			name, strings.ToLower(op[:1]), op, name))
	}
	return out
}

// keepWaiting refuses to change a waiting act, and to remove it before it stands in the chain.
func (d *DB) keepWaiting() []string {
	if d.dialect == postgres {
		return []string{
			`CREATE OR REPLACE FUNCTION zhibu_keep_waiting() RETURNS trigger LANGUAGE plpgsql AS $zhibu$ BEGIN
  IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM t_chained WHERE id = OLD.id) THEN RETURN OLD; END IF;
  RAISE EXCEPTION 'zhibu: the ledger is append-only';
END $zhibu$`,
			"CREATE TRIGGER keep_waiting BEFORE UPDATE OR DELETE ON t_waiting FOR EACH ROW EXECUTE FUNCTION zhibu_keep_waiting()",
		}
	}
	const refuse = " BEGIN SELECT RAISE(ABORT, 'zhibu: the ledger is append-only'); END"
	return []string{
		"CREATE TRIGGER keep_waiting_u BEFORE UPDATE ON t_waiting" + refuse,
		"CREATE TRIGGER keep_waiting_d BEFORE DELETE ON t_waiting WHEN NOT EXISTS (SELECT 1 FROM t_chained WHERE id = OLD.id)" + refuse,
	}
}

func (d *DB) triggerDigest() string {
	sum := sha256.Sum256([]byte(strings.Join(d.triggerText(), "\n")))
	return hex.EncodeToString(sum[:])
}

// installTriggers puts the triggers in place once for each schema. Later starts leave them alone, so that a missing
// one is found by audit verify and not silently mended. Those of a newer program stay: this one does not know all of
// its tables.
func (d *DB) installTriggers(ctx context.Context) error {
	if d.newer {
		return nil
	}
	want := d.triggerDigest()
	var have string
	row := d.write.QueryRowContext(ctx, "SELECT value FROM t_schema WHERE name = 'triggers'")
	if err := row.Scan(&have); err == nil && have == want {
		return nil
	}
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return explain(err)
	}
	defer tx.Rollback()
	run := func(text string, args ...any) {
		if err == nil {
			_, err = tx.ExecContext(ctx, text, args...)
		}
	}
	if d.dialect == postgres {
		run("SELECT pg_advisory_xact_lock(hashtext('zhibu.triggers'))")
	}
	old, listErr := d.ownTriggers(ctx, tx)
	if listErr != nil {
		return listErr
	}
	for _, drop := range old {
		run(drop)
	}
	for _, text := range d.triggerText() {
		run(text)
	}
	run("DELETE FROM t_schema WHERE name = 'triggers'")
	run("INSERT INTO t_schema (name, value) VALUES ('triggers', "+d.dialect.place(1)+")", want)
	if err != nil {
		return fmt.Errorf("store: triggers: %w", explain(err))
	}
	return explain(tx.Commit())
}
