package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zhibu/internal/demo"
	"zhibu/internal/installation"
	"zhibu/internal/population"
)

// seed of the city that stands, and of the people who come.
const (
	citySeed = 7
	comeSeed = 11
)

// city gives the directory of a founded city, making it when it is not there yet. A lived one has a year in its log books, as
// far as the demo invents one.
func (b *bench) city(ctx context.Context, name string, members, orgs int, lived bool) (string, error) {
	dir := installation.Dir(filepath.Join(b.dir, name))
	note := filepath.Join(string(dir), "bench.json")
	want := fmt.Sprintf("{\"members\":%d,\"organisations\":%d,\"seed\":%d}\n", members, orgs, citySeed)
	if have, err := os.ReadFile(note); err == nil && string(have) == want {
		return string(dir), nil
	}
	if err := os.RemoveAll(string(dir)); err != nil {
		return "", err
	}
	took, err := cost(func() error {
		_, err := demo.Found(ctx, demo.Plan{Dir: dir, Members: members, Organisations: orgs, Seed: citySeed, On: On, Lived: lived})
		return err
	})
	if err != nil {
		return "", err
	}
	b.table.tell(measure{Name: fmt.Sprintf("a city of %d members made", members), Ours: took.String()})
	return string(dir), os.WriteFile(note, []byte(want), 0o600)
}

func (b *bench) smallCity(ctx context.Context) (string, error) {
	return b.city(ctx, "small", smallMembers, 0, false)
}

func (b *bench) bigCity(ctx context.Context) (string, error) {
	return b.city(ctx, fmt.Sprintf("big-%d", b.members), b.members, b.orgs, false)
}

// livedCity is the big city with log books, or without them where the demo invents none for so many members.
func (b *bench) livedCity(ctx context.Context) (string, error) {
	if b.members > livedUpTo {
		return b.bigCity(ctx)
	}
	return b.city(ctx, fmt.Sprintf("lived-%d", b.members), b.members, b.orgs, true)
}

// livedUpTo is up to how many members a demo has log books.
const livedUpTo = 100000

// open opens a city for this process.
func open(ctx context.Context, dir string) (*installation.Installation, error) {
	return installation.Open(ctx, installation.Options{Dir: installation.Dir(dir)})
}

// account is the first demo account of a role.
func account(dir, role string) (demo.Account, error) {
	list, err := demo.Accounts(installation.Dir(dir))
	if err != nil {
		return demo.Account{}, err
	}
	for _, a := range list {
		if a.Role == role {
			return a, nil
		}
	}
	return demo.Account{}, fmt.Errorf("no account of the role %s", role)
}

// planOf is the invented city behind a founded one.
func planOf(dir string) (*population.City, error) {
	var p struct{ Members, Organisations int }
	text, err := os.ReadFile(filepath.Join(dir, "bench.json"))
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return nil, err
	}
	return population.Build(population.Plan{Members: p.Members, Organisations: p.Organisations, Seed: citySeed, On: On})
}

var sheetHeader = []string{"姓名", "公民身份号码", "性别", "出生日期", "民族", "学历", "人员类别", "所在党支部", "加入党组织日期", "转为正式党员日期", "工作岗位", "手机号码", "固定电话", "家庭住址"}

// sheet writes a roster of people who are not in the city yet, spread over its branches by code.
func (b *bench) sheet(city string, rows int) (string, error) {
	path := filepath.Join(b.dir, fmt.Sprintf("roster-%d.csv", rows))
	there, err := planOf(city)
	if err != nil {
		return "", err
	}
	come, err := population.Build(population.Plan{Members: rows, Seed: comeSeed, On: On})
	if err != nil {
		return "", err
	}
	var branches []string
	for _, o := range there.Organisations {
		if o.Size > 0 {
			branches = append(branches, o.Code)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, strings.Join(sheetHeader, ","))
	for m := range come.Members() {
		// A committee's sheet is in the order of its branches, some twenty people each.
		branch := branches[m.Number*len(branches)/rows]
		fmt.Fprintln(w, strings.Join([]string{m.Name, m.Identity, map[population.Sex]string{population.Male: "男", population.Female: "女"}[m.Sex], m.Born.String(),
			m.Ethnicity, m.Education, map[population.Category]string{population.Full: "正式党员", population.Probationary: "预备党员"}[m.Category], branch,
			m.Joined.String(), m.Confirmed.String(), m.Position, m.Mobile, m.Landline, m.Address}, ","))
	}
	return path, w.Flush()
}
