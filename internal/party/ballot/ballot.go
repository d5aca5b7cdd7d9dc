package ballot

import (
	"encoding/json"

	"zhibu/internal/civil"
	"zhibu/internal/party/rulebook"
	"zhibu/internal/party/vote"
	"zhibu/internal/store"
)

// RuleTwice is the program's own rule that two persons enter a count, and that it adds up.
const RuleTwice = "K-24"

// Way is how people voted.
type Way string

// The ways. There is no electronic one.
const (
	Paper Way = "paper" // 无记名投票
	Hands Way = "hands" // 举手表决
)

// State is how far a ballot is.
type State string

// The states.
const (
	Open  State = "open"  // counts are entered
	Final State = "final" // what was counted stands
	Void  State = "void"  // given up before there was a result
)

// Item is a candidate or a question.
type Item struct {
	ID     string `json:"id"`
	Name   string `json:"name"`             // a person's name, or what is asked
	Member string `json:"member,omitempty"` // whose record, where it is about a member
}

// Count is what was counted for one item.
type Count struct {
	ID      string `json:"id"`
	Yes     int    `json:"yes"`
	No      int    `json:"no"`
	Abstain int    `json:"abstain"`
	Written int    `json:"written,omitempty"` // agreement of absent voters in writing, admissions only
}

// Other is somebody whom voters wrote in (另选他人).
type Other struct {
	Name string `json:"name"`
	Yes  int    `json:"yes"`
}

// Numbers is a whole count.
type Numbers struct {
	Should    int     `json:"should"`    // 应到会有表决权的
	Present   int     `json:"present"`   // 实到会的
	Issued    int     `json:"issued"`    // 发出选票
	Collected int     `json:"collected"` // 收回选票
	Invalid   int     `json:"invalid"`   // 无效票
	Counts    []Count `json:"counts"`    // one for each item
	Others    []Other `json:"others,omitempty"`
}

// Of is what was counted for an item.
func (n Numbers) Of(id string) Count {
	for _, c := range n.Counts {
		if c.ID == id {
			return c
		}
	}
	return Count{ID: id}
}

// Ballot is one vote.
type Ballot struct {
	ID, Org, OrgPath   string
	Subject, SubjectID string
	Kind               vote.Type
	Way                Way
	On                 civil.Date
	Title              string
	Seats              int // of an election
	Entitled           int // how many are on the roll; 0 where nobody made one. In an election they are who should attend
	Items              []Item
	State              State
	Numbers            Numbers // once final
	Reason             string  // why it was given up
	Account, Actor     string
	Version            int64
}

// Judge tells what a final count comes to: one verdict of an election, else one for each item.
func (b Ballot) Judge(book *rulebook.Book) []vote.Verdict {
	if b.State != Final {
		return nil
	}
	n := b.Numbers
	of := vote.Ballot{Type: b.Kind, On: b.On, ShouldAttend: n.Should, Present: n.Present, Seats: b.Seats, Issued: n.Issued, Collected: n.Collected}
	if b.Kind == vote.Election {
		for _, item := range b.Items {
			of.Candidates = append(of.Candidates, vote.Candidate{Name: item.Name, Yes: n.Of(item.ID).Yes})
		}
		for _, o := range n.Others {
			of.Candidates = append(of.Candidates, vote.Candidate{Name: o.Name, Yes: o.Yes})
		}
		return []vote.Verdict{vote.Judge(book, of)}
	}
	var out []vote.Verdict
	for _, item := range b.Items {
		c := n.Of(item.ID)
		of.Yes, of.No, of.Abstain, of.WrittenYes = c.Yes, c.No, c.Abstain, c.Written
		v := vote.Judge(book, of)
		if b.Way == Paper && n.Collected > n.Issued {
			v.Valid, v.Passed = false, false
			v.Rules = append(v.Rules, book.At(RuleTwice, b.On).Citation())
			v.Why = append(v.Why, rulebook.Because("发出 %d，收回 %d，收回多于发出，表决无效，重新表决", n.Issued, n.Collected))
		}
		out = append(out, v)
	}
	return out
}

const columns = "id, org_id, org_path, subject, subject_id, kind, way, on_date, title, seats, entitled, items, state, numbers, reason, account_id, actor, version"

func scan(row store.Row) (b Ballot, err error) {
	var items, numbers string
	if err = row.Scan(&b.ID, &b.Org, &b.OrgPath, &b.Subject, &b.SubjectID, &b.Kind, &b.Way, &b.On, &b.Title, &b.Seats, &b.Entitled, &items, &b.State, &numbers, &b.Reason, &b.Account, &b.Actor, &b.Version); err != nil {
		return b, err
	}
	if err = json.Unmarshal([]byte(items), &b.Items); err == nil && numbers != "" {
		err = json.Unmarshal([]byte(numbers), &b.Numbers)
	}
	return b, err
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return string(b)
}
