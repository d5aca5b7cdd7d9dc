package web

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// changesShown bounds the changed rows that are shown of one act.
const changesShown = 20

// derived are columns that follow from others: who reads the log learns nothing from them.
var derived = []string{"id", "pinyin", "initials", "id_index", "id_tail", "mobile_tail"}

// showAct is one act with what it changed. Of members the visitor sees what the mask of the record covers today; of a
// record out of the visitor's area, as an auditor's, only which field was changed.
func (s *Server) showAct(v *visit) error {
	r, _, err := v.actReader()
	if err != nil {
		return err
	}
	act, found, err := v.in.Ledger.Act(v.ctx(), r, v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if !found {
		return fault.Missing()
	}
	rows, err := v.actRows([]ledger.Record{act})
	if err != nil {
		return err
	}
	d := view.AuditEvent{Row: rows[0]}
	var index int
	chained, err := v.in.DB.As(store.System("place in the chain")).One(v.ctx(), "SELECT idx FROM {leaf} WHERE act_id = ?", []any{act.ID}, &index)
	if err != nil {
		return err
	}
	if chained {
		d.Row.Seq = index + 1
	}
	if d.Facts, err = v.actFacts(act, d.Row); err != nil {
		return err
	}
	if d.Changes, err = v.actChanges(act); err != nil {
		return err
	}
	if act.Events > changesShown {
		d.Cut = view.Say("改了 %s 行，这里只列前 %d 行。", view.Plain(words.Number(v.ctx(), int(act.Events))), changesShown)
	}
	for _, side := range []struct {
		q    ledger.Query
		into *string
	}{{ledger.Query{Before: act.ID, Limit: 1}, &d.Prev}, {ledger.Query{After: act.ID, Limit: 1}, &d.Next}} {
		beside, err := v.in.Ledger.Acts(v.ctx(), r, side.q)
		if err != nil {
			return err
		}
		if len(beside) > 0 {
			*side.into = view.PathEvent(beside[0].ID)
		}
	}
	back := view.Link{Text: view.Say("日志"), URL: view.PathAudit}
	if !v.person.May(access.See, access.Audit) {
		back.Text = view.Say("办过的事")
	}
	return v.show(view.AuditEventPage(v.page(d.Row.What, view.PathAudit, back), d))
}

func (v *visit) actFacts(a ledger.Record, row view.AuditRow) ([]view.Fact, error) {
	who := view.Plain(row.Actor)
	if !row.Post.IsZero() {
		who = view.Say("%s，%s", view.Plain(row.Actor), row.Post)
	}
	out := []view.Fact{{Label: view.Say("谁"), Value: who}, {Label: view.Say("什么时候"), Value: view.Plain(words.Moment(a.Time()))}}
	add := func(label view.Text, value string) {
		if value != "" {
			out = append(out, view.Fact{Label: label, Value: view.Plain(value)})
		}
	}
	if !row.Object.IsZero() {
		out = append(out, view.Fact{Label: view.Say("对什么"), Value: row.Object, URL: v.subjectURL(a)})
	}
	if a.OrgPath != "" {
		o, err := org.ByPath(v.ctx(), v.reader(), a.OrgPath)
		if err != nil && fault.Of(err) != fault.NotFound {
			return nil, err
		}
		add(view.Say("党组织"), o.ShortName)
	}
	add(view.Say("理由或用途"), row.Reason)
	add(view.Say("依据"), a.Source)
	var detail map[string]any
	if err := json.Unmarshal(a.Detail, &detail); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(detail)) {
		if label, ok := detailWords[key]; ok {
			add(label, v.detailValue(key, detail[key]))
		}
	}
	add(view.Say("做了什么（代码）"), a.Kind)
	add(view.Say("对象的编号"), a.SubjectID)
	add(view.Say("记录编号"), a.ID)
	add(view.Say("请求编号"), a.Request)
	return out, nil
}

// subjectURL leads to what an act was about, where the visitor may open it.
func (v *visit) subjectURL(a ledger.Record) string {
	switch {
	case a.SubjectID == "" || a.Gone:
	case a.Subject == "member" && v.may(access.See, access.Member, a.OrgPath, a.SubjectID):
		return view.PathMember(a.SubjectID)
	case a.Subject == "org" && v.may(access.See, access.Org, a.OrgPath, ""):
		return view.PathOrg(a.SubjectID)
	case a.Subject == "account" && v.may(access.See, access.Account, a.OrgPath, ""):
		return view.PathAccountOf(a.SubjectID)
	case a.Subject == "batch" && v.may(access.List, access.Import, a.OrgPath, ""):
		return view.PathImport(a.SubjectID)
	}
	return ""
}

func (v *visit) detailValue(key string, value any) string {
	switch value := value.(type) {
	case bool:
		return answerText(value).In(v.ctx())
	case string:
		if key == "role" {
			return view.RoleName(value).In(v.ctx())
		}
		return value
	case float64:
		return words.Number(v.ctx(), int(value))
	case []any:
		var out []string
		for _, x := range value {
			text, _ := x.(string)
			if title := roster.Column(text).Title(); title != "" {
				text = v.t(title)
			}
			out = append(out, text)
		}
		return strings.Join(out, v.t("、"))
	}
	return ""
}

func (v *visit) actChanges(a ledger.Record) ([]view.Change, error) {
	if a.Events == 0 {
		return nil, nil
	}
	list, err := v.in.Ledger.ChangesOf(v.ctx(), a, changesShown)
	if err != nil {
		return nil, err
	}
	var out []view.Change
	for _, c := range list {
		changes, err := v.rowChanges(c)
		if err != nil {
			return nil, err
		}
		out = append(out, changes...)
	}
	return out, nil
}

// rowChanges are the columns of a row that differ.
func (v *visit) rowChanges(c ledger.Change) ([]view.Change, error) {
	table := auditTables[c.Table]
	mask, err := v.maskOf(c)
	if err != nil {
		return nil, err
	}
	name := table.name.In(v.ctx())
	if name == "" {
		name = c.Table
	}
	if c.Gone {
		return []view.Change{{Table: name + " " + c.RowID, Field: view.Say("整行"), Before: v.t(ledger.GoneName), After: v.t(ledger.GoneName), Masked: true}}, nil
	}
	columns := c.Columns()
	slices.Sort(columns)
	var out []view.Change
	for _, col := range columns {
		if slices.Contains(derived, col) {
			continue
		}
		w, known := table.columns[col]
		if !known {
			w = column{label: view.Plain(col)}
		}
		d := view.Change{Table: name + " " + c.RowID, Field: w.label}
		show := w.open || w.class != 0 && mask.Has(w.class)
		for _, side := range []struct {
			there bool
			value string
			into  *string
		}{{c.Op != "I", c.Was(col), &d.Before}, {c.Op != "D", c.Became(col), &d.After}} {
			switch {
			case !side.there || side.value == "" || side.value == "null":
			case w.sealed:
				*side.into, d.Masked = v.t("已加密"), true
			case !show:
				*side.into, d.Masked = v.t("不在您的查看范围"), true
			case w.name != nil:
				*side.into = w.name(side.value).In(v.ctx())
			default:
				*side.into = clipped(side.value, 200)
			}
		}
		if d.Before != "" || d.After != "" { // a new row's empty columns say nothing
			out = append(out, d)
		}
	}
	return out, nil
}

// maskOf is what the visitor may see of the member whose row was changed; none of other tables and records out of the
// visitor's area.
func (v *visit) maskOf(c ledger.Change) (access.Mask, error) {
	id := ""
	switch c.Table {
	case "member":
		id = c.RowID
	case "member_event":
		if id = c.Became("member_id"); id == "" {
			id = c.Was("member_id")
		}
	}
	if id == "" || !v.person.May(access.See, access.Member) {
		return access.NoClass, nil
	}
	r, err := v.readerFor(access.See, access.Member)
	if err != nil {
		return access.NoClass, err
	}
	m, err := v.in.Members.ByID(v.ctx(), r, id)
	if fault.Of(err) == fault.NotFound {
		return access.NoClass, nil
	}
	if err != nil {
		return access.NoClass, err
	}
	return v.person.Mask(m.OrgPath, m.ID), nil
}
