package web

import (
	"slices"

	"zhibu/internal/fault"
	"zhibu/internal/party/org"
	"zhibu/internal/party/review"
	"zhibu/internal/trust/access"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// orgActRows are what an act changes, old and new. Where something has changed since it was proposed, what stood then is
// told in brackets.
func (v *visit) orgActRows(it *review.OrgItem) ([]view.SheetRow, error) {
	var rows []view.SheetRow
	add := func(label, old, now view.Text) {
		if now.IsZero() {
			now = view.Say("没有")
		}
		if old.IsZero() {
			old = view.Say("没有")
		}
		rows = append(rows, view.SheetRow{Cells: []view.SheetCell{view.Cell(label), view.Cell(old), view.Cell(now)}})
	}
	p, n, was := it.Plan, it.Now, it.Was
	open := it.Proposal.Open()
	text := func(now, then string) view.Text {
		switch {
		case !open:
			return view.Plain(then)
		case now != then:
			return view.Say("%s（提出时：%s）", view.Plain(now), view.Plain(then))
		}
		return view.Plain(now)
	}
	count := func(now, then int, say func(n int) view.Text) view.Text {
		switch {
		case !open:
			return say(then)
		case now != then:
			return view.Say("%s（提出时：%s）", say(now), say(then))
		}
		return say(now)
	}
	members := count(n.Members, was.Members, func(n int) view.Text { return view.Say("%d 名", n) })
	below := count(n.Below, was.Below, func(n int) view.Text { return view.Say("%d 个", n) })
	posts := count(n.Posts, was.Posts, func(n int) view.Text { return view.Say("%d 个在任", n) })
	self, target := text(n.Of.ShortName, was.ShortName), text(n.Target.ShortName, was.Target)
	switch it.Proposal.Kind {
	case org.ActEstablish:
		add(view.Say("上级"), view.Text{}, self)
		v.orgMade(it, view.Say(p.Sort.Name()), add)
	case org.ActRename:
		add(view.Say("名称"), text(n.Of.Name, was.Name), view.Plain(p.Name))
		add(view.Say("简称"), self, view.Plain(shortOf(p)))
	case org.ActName:
		add(view.Say("%s 到 %s 的名称", p.On, p.Until), view.Say("没有登记"), view.Plain(p.Name))
		add(view.Say("%s 到 %s 的简称", p.On, p.Until), view.Say("没有登记"), view.Plain(shortOf(p)))
	case org.ActMove:
		add(view.Say("上级"), text(n.Parent.ShortName, was.Parent), target)
		add(view.Say("党员"), members, view.Say("一起过去"))
		add(view.Say("下级党组织"), below, view.Say("一起过去"))
	case org.ActMerge:
		add(view.Say("这个党组织"), self, view.Say("撤销，并入%s", target))
		add(view.Say("党员"), members, view.Say("编入%s", target))
		add(view.Say("下级党组织"), below, view.Say("隶属%s", target))
		add(view.Say("任职"), posts, view.Say("终止"))
	case org.ActAbolish:
		add(view.Say("这个党组织"), self, view.Say("撤销，名称和沿革仍能查到"))
		add(view.Say("任职"), posts, view.Say("终止"))
	case org.ActReopen:
		add(view.Say("这个党组织"), view.Say("%s 撤销", n.Of.Abolished), view.Say("恢复，原来的任职不恢复"))
	case org.ActChange, org.ActAddPost, org.ActEndPost:
		orgInsideRows(it, add)
	case org.ActSplit:
		add(view.Say("从哪里分出"), self, view.Say("其余的党员和下级留下"))
		add(view.Say("上级"), view.Text{}, text(n.Parent.ShortName, was.Parent))
		v.orgMade(it, view.Say(n.Of.Kind.Name()), add)
		return rows, v.orgParts(it, members, below, add)
	}
	return rows, nil
}

// orgInsideRows say what changes within an organisation: its facts, or who comes into a post or leaves it.
func orgInsideRows(it *review.OrgItem, add func(label, old, now view.Text)) {
	p := it.Now.Post
	held := view.Say("%s，%s起", heldBy(p), p.From)
	switch it.Proposal.Kind {
	case org.ActChange:
		orgFactRows(it, add)
	case org.ActAddPost:
		add(view.Say(titleName(p.Title)), view.Text{}, held)
	case org.ActEndPost:
		add(view.Say(titleName(p.Title)), held, view.Say("%s离任", it.Plan.On))
	}
}

// heldBy names who holds a post, as long as the name is known.
func heldBy(p org.Post) view.Text {
	if p.Holder == "" {
		return view.Say("已经销毁的记录")
	}
	return view.Plain(p.Holder)
}

func titleName(id string) string {
	t, _ := org.TitleOf(id)
	return t.Name
}

// orgFactRows are the facts that differ, old and new.
func orgFactRows(it *review.OrgItem, add func(label, old, now view.Text)) {
	p, was, is := it.Plan, it.Was, it.Is
	if !it.Proposal.Open() {
		is = was
	}
	phone := p.Facts.Phone
	if phone == "" && !p.NoPhone {
		phone = is.Phone // stays
	}
	kind := func(id string) view.Text { return view.Say(org.UnitKind(id).Name()) }
	for _, f := range []struct {
		label       string
		to, now, at string // as it is to be, as it is, as it was when proposed
		say         func(string) view.Text
	}{
		{words.Mark("所在单位"), p.Facts.Unit, is.Unit, was.Unit, view.Plain},
		{words.Mark("单位类别"), string(p.Facts.UnitKind), is.UnitKind, was.UnitKind, kind},
		{words.Mark("所在单位统一社会信用代码"), p.Facts.CreditCode, is.Credit, was.Credit, view.Plain},
		{words.Mark("联系人"), p.Facts.Contact, is.Contact, was.Contact, view.Plain},
		{words.Mark("办公电话"), phone, is.Phone, was.Phone, view.Plain},
	} {
		old := f.say(f.now)
		if f.now != f.at {
			old = view.Say("%s（提出时：%s）", old, f.say(f.at))
		}
		if f.to != f.now || f.now != f.at {
			add(view.Say(f.label), old, f.say(f.to))
		}
	}
}

func shortOf(p org.Plan) string {
	if p.ShortName == "" {
		return p.Name
	}
	return p.ShortName
}

// orgMade are the facts of an organisation that is to be set up.
func (v *visit) orgMade(it *review.OrgItem, kind view.Text, add func(label, old, now view.Text)) {
	p := it.Plan
	add(view.Say("名称"), view.Text{}, view.Plain(p.Name))
	add(view.Say("简称"), view.Text{}, view.Plain(shortOf(p)))
	add(view.Say("类别"), view.Text{}, kind)
	add(view.Say("编号"), view.Text{}, view.Plain(p.Code))
	if p.Facts.CreditCode != "" {
		add(view.Say("统一社会信用代码"), view.Text{}, view.Plain(p.Facts.CreditCode))
	}
	if p.Facts.Phone != "" {
		add(view.Say("办公电话"), view.Text{}, view.Plain(p.Facts.Phone))
	}
}

// namedOnPage bounds how many of those who go along are named.
const namedOnPage = 30

// orgParts names who and what goes with a part, as far as the visitor sees them.
func (v *visit) orgParts(it *review.OrgItem, members, below view.Text, add func(label, old, now view.Text)) error {
	p := it.Plan
	if len(p.Members) > 0 {
		var names []string
		if v.may(access.List, access.Member, it.Now.Of.Path, "") {
			for _, id := range p.Members[:min(len(p.Members), namedOnPage)] {
				m, err := v.in.Members.ByID(v.ctx(), v.reader(), id)
				if err != nil && fault.Of(err) != fault.NotFound {
					return err
				}
				names = append(names, m.Name)
			}
		}
		add(view.Say("党员"), members, someOf(view.Say("%d 名过去", len(p.Members)), names))
	}
	if len(p.Children) > 0 {
		list, err := org.ByIDs(v.ctx(), v.reader(), p.Children[:min(len(p.Children), namedOnPage)])
		if err != nil {
			return err
		}
		var names []string
		for _, o := range list {
			names = append(names, o.ShortName)
		}
		add(view.Say("下级党组织"), below, someOf(view.Say("%d 个过去", len(p.Children)), names))
	}
	return nil
}

func someOf(count view.Text, names []string) view.Text {
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	if len(names) == 0 {
		return count
	}
	all := view.Plain(names[0])
	for _, n := range names[1:] {
		all = view.Say("%s、%s", all, view.Plain(n))
	}
	return view.Say("%s：%s", count, all)
}
