package member

import (
	"context"
	"encoding/json"
	"time"

	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
)

// Source says where a fact comes from: the act that last changed it.
type Source struct {
	Actor    string // who entered it
	Reviewer string // who approved it, "" where the act itself was the entry
	At       time.Time
	Kind     string // member.add, member.mend, import.rows …
	Reason   string
	Document string
	Row      int // row of the imported sheet, 0 if none
}

// columnsOf are the stored columns of a fact.
var columnsOf = map[roster.Column]string{
	roster.Name: "name", roster.IDNumber: "id_number", roster.Sex: "sex", roster.Born: "born", roster.Ethnicity: "ethnicity",
	roster.Education: "education", roster.Category: "category", roster.Organisation: "org_id", roster.Joined: "joined_on",
	roster.Confirmed: "confirmed_on", roster.Occupation: "occupation", roster.Mobile: "mobile", roster.Phone: "phone",
	roster.Address: "address", roster.Registry: "registry", roster.Lost: "lost", roster.LostOn: "lost_on",
	roster.Floating: "floating", roster.FloatingTo: "floating_to", roster.Care: "care",
}

// Sources tells for every fact of a member's record where it comes from. The caller has read m under the actor's
// scope; the ledger's events are read with the program's own.
func (s *Service) Sources(ctx context.Context, m Member) (map[roster.Column]Source, error) {
	changes, err := s.Ledger.Changes(ctx, "member", m.ID)
	if err != nil {
		return nil, err
	}
	return sourcesIn(changes, m), nil
}

// sourcesIn tells which of the changes was the last for each fact.
func sourcesIn(changes []ledger.Change, m Member) map[roster.Column]Source {
	out := map[roster.Column]Source{}
	for _, c := range changes {
		src := Source{Actor: c.Record.Actor, At: c.Record.Time(), Kind: c.Record.Kind, Reason: c.Record.Reason, Document: c.Record.Source}
		var detail struct {
			Entered string `json:"entered"`
		}
		if json.Unmarshal(c.Record.Detail, &detail) == nil && detail.Entered != "" {
			src.Actor, src.Reviewer = detail.Entered, c.Record.Actor
		}
		if c.Op == "I" {
			src.Row = m.SourceRow
		}
		for col, stored := range columnsOf {
			if c.Op == "I" || c.Changed(stored) {
				out[col] = src
			}
		}
	}
	return out
}

// Under tells whether anybody active is at or below a path; an organisation with members is not abolished.
func Under(ctx context.Context, r store.Reader, path string) (bool, error) {
	r, err := r.Within(path)
	if err != nil {
		return false, err
	}
	var one int
	return r.One(ctx, "SELECT 1 FROM {member} WHERE state = 'active' LIMIT 1", nil, &one)
}
