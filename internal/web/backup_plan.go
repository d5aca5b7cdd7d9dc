package web

import (
	"net/url"
	"strconv"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/trust/access"
	"zhibu/internal/trust/archive"
	"zhibu/internal/web/view"
	"zhibu/internal/words"
)

// planFields are the fields of the plan on the page, by what the installation calls them.
var planFields = at{"to": "plan-to", "hour": "hour", "days": "days", "weeks": "weeks", "months": "months", "key_days": "key-days", "reason": "reason"}

// planForm holds the plan as it stands, or what was typed.
func (v *visit) planForm(f view.Form) view.Form {
	if f.Values.Has("plan-to") {
		return f
	}
	plan := v.in.BackupPlan()
	f.Values = url.Values{"plan-to": {plan.To}, "hour": {strconv.Itoa(plan.Hour)}, "days": {strconv.Itoa(plan.Keep.Days)}, "weeks": {strconv.Itoa(plan.Keep.Weeks)},
		"months": {strconv.Itoa(plan.Keep.Months)}, "key-days": {strconv.Itoa(plan.Keep.KeyDays)}}
	f.Problems = nil
	return f
}

func hours() []view.Option {
	out := make([]view.Option, 24)
	for h := range out {
		out[h] = view.Option{Value: strconv.Itoa(h), Label: view.Say("每天 %02d:00", h)}
	}
	return out
}

// changePlan changes where and when backups are made by themselves and how long they are kept.
func (v *visit) changePlan(values url.Values) error {
	if err := v.person.Need(access.Mend, access.Setting); err != nil {
		return err
	}
	plan, problems := v.planTyped(values)
	var err error
	if len(problems) == 0 {
		err = v.in.SetBackupPlan(v.ctx(), v.actor(), plan, said(values, "reason"))
		if err == nil {
			v.done(words.Mark("自动备份的设置已经改好，马上起作用。"))
			return v.to(view.PathBackup)
		}
		if f := fault.As(err); f == nil {
			return err
		}
		problems = []view.Problem{v.problem(err, planFields)}
	} else {
		err = fault.New(fault.Invalid, "设置没有改。")
	}
	f := v.form(values)
	f.Problems = problems
	page, perr := v.backupPage(f)
	if perr != nil {
		return perr
	}
	return v.again(err, page)
}

// planTyped reads the plan from the form.
func (v *visit) planTyped(values url.Values) (s archive.Schedule, problems []view.Problem) {
	number := func(name string, least, most int) int {
		n, err := strconv.Atoi(said(values, name))
		if err != nil || n < least || n > most {
			problems = append(problems, v.problem(fault.New(fault.Invalid, "请填 %d 到 %d 之间的数。", least, most).At(name), at{name: name}))
		}
		return n
	}
	s.To = said(values, "plan-to")
	if s.To != "" && !placeForBackups(s.To) {
		problems = append(problems, v.problem(fault.New(fault.Invalid, "请写明备份存到哪里：目录写 file:///mnt/backup，对象存储写 s3://桶名。").At("to"), planFields))
	}
	s.Hour = number("hour", 0, 23)
	s.Keep = archive.Retention{Days: number("days", 1, 366), Weeks: number("weeks", 0, 520), Months: number("months", 0, 120), KeyDays: number("key-days", 8, 366)}
	return s, problems
}

func placeForBackups(to string) bool {
	u, err := url.Parse(to)
	return err == nil && (u.Scheme == "file" && strings.HasPrefix(u.Path, "/") || u.Scheme == "s3" && u.Host != "")
}
