package admission

import (
	"context"
	"slices"

	"zhibu/internal/civil"
	"zhibu/internal/fault"
	"zhibu/internal/party/duty"
	"zhibu/internal/party/org"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/store"
	"zhibu/internal/words"
)

// Found is a case with whom it is about, where, and what was written down on it.
type Found struct {
	Case
	Person  duty.Course
	At      org.Organisation
	Records []Record // of the last way, in the order of entry

	book *rulebook.Book
	gone string // why the person is no longer there
	mark string
}

// Find works out the case of a member or an applicant whom the reader sees; fault.NotFound for anybody else.
func (s *Service) Find(ctx context.Context, r store.Reader, id string) (f Found, err error) {
	if f.mark, err = mark(ctx, r, id); err != nil {
		return f, err
	}
	var at, name, state string
	applicant := false
	found, err := r.One(ctx, "SELECT org_path, name, state FROM {member} WHERE id = ? AND state <> 'destroyed'", []any{id}, &at, &name, &state)
	if err == nil && !found {
		applicant = true
		found, err = r.One(ctx, "SELECT org_path, name, member_id FROM {applicant} WHERE id = ?", []any{id}, &at, &name, &state)
		if err == nil && found && state != "" {
			return s.Find(ctx, r, state) // there is a record by now
		}
	}
	if err == nil && !found {
		err = fault.Missing()
	}
	if err != nil {
		return f, err
	}
	if f.At, err = org.ByPath(ctx, s.DB.As(store.System("whose case")), at); err != nil {
		return f, err
	}
	people, book, err := s.Duties.Courses(ctx, r, f.At)
	if err != nil {
		return f, err
	}
	f.book = book
	i := slices.IndexFunc(people, func(p duty.Course) bool { return p.ID == id })
	switch {
	case i >= 0:
		f.Person = people[i]
	case !applicant: // nobody asks anything of who is no longer on the register
		f.gone = words.Mark("不在名册上")
		if f.Person, err = s.Duties.Left(ctx, r, f.At, id, name); err != nil {
			return f, err
		}
	default:
		return f, fault.Missing()
	}
	f.Case = Of(book, f.Person.Events, s.today())
	records, err := s.Records(ctx, r, id)
	if err != nil {
		return f, err
	}
	f.place(records)
	return f, nil
}

// place puts what was written down to its steps, from the last application on.
func (f *Found) place(records []Record) {
	var from civil.Date
	if f.Steps[0].Number == "1" && len(f.Steps[0].Events) > 0 {
		from = f.Steps[0].Events[0].On
	}
	for _, r := range records {
		if r.State == Retired || r.On.Before(from) {
			continue
		}
		f.Records = append(f.Records, r)
		if i := f.index(r.Number); i >= 0 {
			f.Steps[i].Own = append(f.Steps[i].Own, r)
		}
	}
}

// member is the id of the record, "" for an applicant.
func (f Found) member() string {
	if f.Person.Applicant {
		return ""
	}
	return f.Person.ID
}

// Gone says why the person is no longer on the register, "" while she is.
func (f Found) Gone() string { return f.gone }
