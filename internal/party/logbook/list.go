package logbook

import (
	"context"
	"encoding/json"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/timeline"
	"zhibu/internal/store"
)

// ByID reads one entry; out of scope it is missing.
func ByID(ctx context.Context, r store.Reader, id string) (e Entry, err error) {
	list, err := read(ctx, r, "id = ?", id)
	if err == nil && len(list) == 0 {
		return e, fault.Missing()
	}
	if err != nil {
		return e, err
	}
	return list[0], nil
}

// Filter says which entries a list shows.
type Filter struct {
	Under   string // organisation path: at or below it; "" everything in scope
	Person  string // id of a member or applicant
	Kind    timeline.Kind
	Retired bool // those corrected or withdrawn too
	After   string
	Limit   int
}

// List gives entries, the newest entered first, and the id to go on after.
func List(ctx context.Context, r store.Reader, f Filter) (list []Entry, next string, err error) {
	if f.Under != "" {
		if r, err = r.Within(f.Under); err != nil {
			return nil, "", err
		}
	}
	where, args := "1 = 1", []any{}
	add := func(text string, with ...any) { where, args = where+" AND "+text, append(args, with...) }
	if f.Person != "" {
		add("(member_id = ? OR applicant_id = ?)", f.Person, f.Person)
	}
	if f.Kind != "" {
		add("kind = ?", string(f.Kind))
	}
	if !f.Retired {
		add("retired_at = 0")
	}
	if f.After != "" {
		add("id < ?", f.After)
	}
	if f.Limit <= 0 || f.Limit > 200 {
		f.Limit = 50
	}
	list, err = read(ctx, r, where+" ORDER BY id DESC LIMIT ?", append(args, f.Limit+1)...)
	if len(list) > f.Limit {
		list = list[:f.Limit]
		next = list[len(list)-1].ID
	}
	return list, next, err
}

// Facts are the entries of one branch that stand, as far as the rules read them: what, when, of whom and with what. Many say the
// same, which is read once.
func Facts(ctx context.Context, r store.Reader, path string) (list []Entry, err error) {
	known := map[string]Fields{}
	err = r.Each(ctx, "SELECT member_id, applicant_id, kind, on_date, detail FROM {entry} WHERE org_path = ? AND retired_at = 0 ORDER BY on_date, id", []any{path}, func(row store.Row) error {
		e := Entry{OrgPath: path}
		var detail string
		if err := row.Scan(&e.Member, &e.Applicant, &e.Kind, &e.On, &detail); err != nil {
			return err
		}
		f, read := known[detail]
		if !read {
			if err := json.Unmarshal([]byte(detail), &f); err != nil {
				return err
			}
			known[detail] = f
		}
		e.Fields = f
		list = append(list, e)
		return nil
	})
	return list, err
}

// EachStanding shows the entries that stand in the order of branches.
func EachStanding(ctx context.Context, r store.Reader, after string, fn func(Entry) error) error {
	return r.Each(ctx, "SELECT "+columns+" FROM {entry} WHERE retired_at = 0 AND org_path > ? ORDER BY org_path, on_date, id", []any{after}, func(row store.Row) error {
		e, err := scan(row)
		if err != nil {
			return err
		}
		return fn(e)
	})
}

func read(ctx context.Context, r store.Reader, where string, args ...any) (list []Entry, err error) {
	err = r.Each(ctx, "SELECT "+columns+" FROM {entry} WHERE "+where, args, func(row store.Row) error {
		e, err := scan(row)
		list = append(list, e)
		return err
	})
	return list, err
}

// Somebody is a person for whom an entry can be made.
type Somebody struct {
	ID, Name  string
	Applicant bool
	Care      bool // old, ill or disabled
}

// People are those of a branch, members by name before applicants.
func People(ctx context.Context, r store.Reader, path string) (out []Somebody, err error) {
	err = r.Each(ctx, "SELECT id, name, care FROM {member} WHERE state = 'active' AND org_path = ? ORDER BY pinyin, id", []any{path}, func(row store.Row) error {
		var p Somebody
		var care int64
		err := row.Scan(&p.ID, &p.Name, &care)
		p.Care = care != 0
		out = append(out, p)
		return err
	})
	if err != nil {
		return nil, err
	}
	applicants, err := Applicants(ctx, r, path)
	for _, a := range applicants {
		out = append(out, Somebody{ID: a.ID, Name: a.Name, Applicant: true})
	}
	return out, err
}

// Names gives the names of those whom entries are about, by id.
func Names(ctx context.Context, r store.Reader, list []Entry) (map[string]string, error) {
	out := map[string]string{}
	for _, e := range list {
		id := e.Person()
		if _, known := out[id]; known || id == "" {
			continue
		}
		var name string
		if _, err := r.One(ctx, "SELECT name FROM {member} WHERE id = ? UNION ALL SELECT name FROM {applicant} WHERE id = ?", []any{id, id}, &name); err != nil {
			return nil, err
		}
		out[id] = name
	}
	return out, nil
}

// HeldOn are the standing entries of a branch on a day that say a meeting was held, of one type or, with "", everything that
// meetings of that day have written.
func HeldOn(ctx context.Context, r store.Reader, path string, on civil.Date, of timeline.Meeting) (out []Entry, err error) {
	list, err := read(ctx, r, "org_path = ? AND on_date = ? AND retired_at = 0 ORDER BY id", path, on.String())
	for _, e := range list {
		if of == "" && e.Fields.Held != "" || of != "" && e.Kind == timeline.MeetingHeld && e.Fields.Type == of {
			out = append(out, e)
		}
	}
	return out, err
}
