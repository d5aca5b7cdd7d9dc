package web

import (
	"net/url"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/ballot"
	"zhibu/internal/party/life"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// actMeeting does one act on a meeting. What was typed stays when it is refused.
func (s *Server) actMeeting(v *visit) error {
	values, err := v.posted()
	if err != nil {
		return err
	}
	if err := v.person.Need(access.List, access.Life); err != nil {
		return err
	}
	id := v.r.PathValue("id")
	to, fields, err := v.meetingAct(id, values)
	if err != nil && (wrong(err) || fault.Of(err) == fault.Forbidden && strings.HasPrefix(fault.As(err).Rule, "K-")) {
		f := v.form(values)
		f.Version = values.Get(view.FieldVersion)
		v.refill(id, f.Values)
		f.Problems = []view.Problem{v.problem(err, fields)}
		page, perr := v.meetingPage(f)
		if perr != nil {
			return perr
		}
		return v.again(err, page)
	}
	if err != nil {
		return err
	}
	v.done(words.Mark("已经记下。"))
	if to == "" {
		to = view.PathMeeting(id)
	}
	return v.to(to)
}

// refill puts what stands beside what was typed, so that a refused form empties no other form of the page.
func (v *visit) refill(id string, typed url.Values) {
	d, err := v.sitting(id)
	if err != nil {
		return // the page itself will say so
	}
	stands := url.Values{"on": {d.m.On.String()}, "starts": {d.m.Starts}, "ends": {d.m.Ends}, "place": {d.m.Place}, "topic": {d.m.Topic}, "partners": {d.m.Partners}, "hours": {d.m.Hours}, "chair": {d.m.ChairID}, "recorder": {d.m.RecorderID}}
	for _, x := range d.items {
		stands.Set("speakers."+x.ID, x.Said.Speakers)
		stands.Set("notes."+x.ID, x.Said.Notes)
	}
	for name, value := range stands {
		if !typed.Has(name) {
			typed[name] = value
		}
	}
}

func (v *visit) meetingAct(id string, values url.Values) (to string, fields at, err error) {
	l, ctx, actor, version := v.in.Life, v.ctx(), v.actor(), versionOf(values)
	seen, _ := strconv.ParseInt(values.Get("seen"), 10, 64) // what is no number is no version
	fields = meetingFields
	switch act := values.Get("act"); act {
	case "change":
		var n life.New
		if n, err = planTyped(values); err == nil {
			err = v.changeMeeting(id, version, n)
		}
	case "cancel":
		fields = at{"reason": "cancel-why"}
		err = l.Cancel(ctx, actor, id, version, said(values, "cancel-why"))
	case "seats":
		err = l.Seats(ctx, actor, id, version, values.Get("chair"), values.Get("recorder"))
	case "attend":
		fields = at{}
		var marks []life.Mark
		for name := range values {
			if member, ok := strings.CutPrefix(name, "state."); ok {
				fields[name], fields["why."+member] = name, "why."+member
				marks = append(marks, life.Mark{Member: member, State: life.Presence(values.Get(name)), Why: said(values, "why."+member)})
			}
		}
		err = l.Attend(ctx, actor, id, version, marks)
	case "item":
		fields = at{"title": "title", "reporter": "reporter"}
		err = l.AddItem(ctx, actor, id, life.Item{Title: said(values, "title"), Reporter: said(values, "reporter")})
	case "note":
		item := values.Get("item")
		fields = at{"speakers": "speakers." + item, "notes": "notes." + item}
		err = l.Note(ctx, actor, id, item, seen, life.Said{Speakers: said(values, "speakers."+item), Notes: said(values, "notes."+item)})
	case "vote":
		to, fields, err = v.voteTyped(id, values)
	case "resolve":
		fields = at{"text": "text", "owner": "owner", "due": "due", "known": "known"}
		n := life.NewResolution{Text: said(values, "text"), Owner: values.Get("owner"), KnownBy: said(values, "known")}
		if n.Due, err = dayTyped(values, "due"); err == nil {
			err = l.Resolve(ctx, actor, id, n)
		}
	case "drop":
		err = l.Drop(ctx, actor, id, values.Get("resolution"))
	case "close":
		fields = at{"evidence": "evidence." + values.Get("resolution")}
		err = l.Close(ctx, actor, values.Get("resolution"), seen, said(values, "evidence."+values.Get("resolution")))
	default:
		fields, err = v.minutesAct(act, id, version, values)
	}
	return to, fields, err
}

// changeMeeting keeps who chairs and records, whom another form asks for.
func (v *visit) changeMeeting(id string, version int64, n life.New) error {
	d, err := v.sitting(id)
	if err != nil {
		return err
	}
	n.Chair, n.Recorder = d.m.ChairID, d.m.RecorderID
	return v.in.Life.Change(v.ctx(), v.actor(), id, version, n)
}

// minutesAct checks, confirms, sends back, amends or annuls.
func (v *visit) minutesAct(act, id string, version int64, values url.Values) (at, error) {
	l, ctx, actor := v.in.Life, v.ctx(), v.actor()
	switch act {
	case "check":
		return nil, l.Check(ctx, actor, id, version)
	case "confirm":
		return at{"signed": "signed"}, l.Confirm(ctx, actor, id, version, values.Get("signed") != "")
	case "send-back":
		return at{"reason": "back-why"}, l.SendBack(ctx, actor, id, version, said(values, "back-why"))
	case "amend":
		return at{"said": "said"}, l.Amend(ctx, actor, id, said(values, "said"))
	case "annul":
		return at{"reason": "annul-why"}, l.Annul(ctx, actor, id, version, said(values, "annul-why"))
	}
	return nil, fault.Missing()
}

// voteTyped holds a vote; one on paper goes on at its count.
func (v *visit) voteTyped(id string, values url.Values) (to string, fields at, err error) {
	fields = at{"item": "vote-item", "way": "way", "yes": "yes", "no": "no", "abstain": "abstain"}
	number := func(name string) int {
		text := said(values, name)
		n, bad := strconv.Atoi(text)
		if bad != nil && text != "" && err == nil {
			err = fault.New(fault.Invalid, "请只写数字，没有的写 0。").At(name).By("B-12")
		}
		return n
	}
	hands := life.Hands{Yes: number("yes"), No: number("no"), Abstain: number("abstain")}
	if err != nil {
		return "", fields, err
	}
	way := ballot.Way(values.Get("way"))
	vote, err := v.in.Life.Vote(v.ctx(), v.actor(), id, values.Get("vote-item"), way, hands)
	if err == nil && way == ballot.Paper {
		to = view.PathVote(vote)
	}
	return to, fields, err
}

// showMinutes are the minutes as they are printed.
func (s *Server) showMinutes(v *visit) error {
	d, err := v.sitting(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.m.State == life.Planned || d.m.State == life.Cancelled {
		return fault.Missing()
	}
	sheets, err := v.in.Life.Papers(v.ctx(), d.r, d.m, d.o)
	if err != nil {
		return err
	}
	if v.r.URL.Query().Get("format") == "pdf" {
		return v.downloadPapers(sheets)
	}
	p := view.Papers{Heading: view.Say("会议记录"), Lead: view.Plain(d.m.Title), Sheets: sheets, PDF: withQuery(view.PathMinutes(d.m.ID), "format=pdf")}
	return v.show(view.PaperPage(v.page(p.Heading, view.PathMeetings, view.Link{Text: view.Plain(d.m.Title), URL: view.PathMeeting(d.m.ID)}), p))
}
