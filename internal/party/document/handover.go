package document

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"zhibu/internal/fault"
	"zhibu/internal/party/document/paper"
	"zhibu/internal/party/document/typeface"
	"zhibu/internal/party/identity"
	"zhibu/internal/party/member"
	"zhibu/internal/party/org"
	"zhibu/internal/party/roster"
	"zhibu/internal/store"
	"zhibu/internal/trust/ledger"
	"zhibu/internal/words"
)

// DoHandOver is the act of handing a copy of a whole record over.
const DoHandOver = "document.handover"

// OwnCopy is the purpose of a copy of one's own record.
var OwnCopy = words.Mark("本人查阅、复制")

// maxHandOver bounds the pictures of one paper, which is put together in memory.
const maxHandOver = 300 << 20

// Handover says what a copy is for, who gets it, and whether the pages of the documents go along.
type Handover struct {
	Purpose   string
	Recipient string
	Images    bool
}

func (h Handover) check() error {
	switch {
	case strings.TrimSpace(h.Purpose) == "":
		return fault.New(fault.Invalid, "请说明用途。用途会留下记录，并通知本人。").At("purpose").By("P-02")
	case strings.TrimSpace(h.Recipient) == "":
		return fault.New(fault.Invalid, "请写明交给谁：单位名称，或者本人。").At("recipient").By("P-05")
	case len([]rune(h.Recipient)) > 100:
		return fault.New(fault.Invalid, "名称最多 %d 个字。", 100).At("recipient")
	}
	return nil
}

// HandOver writes a PDF of a member's whole record: facts with their sources, dated events, the list of documents and,
// if asked, their pages. The act and the look are committed before the first byte is given. Errors for people: Invalid
// with the field images where the pictures are too many, and where the typeface lacks signs of the record: a paper
// with boxes in it is none.
func (s *Service) HandOver(ctx context.Context, actor ledger.Actor, memberID string, h Handover, w io.Writer) (err error) {
	defer fault.Wrap(&err, "document: hand over")
	m, err := s.Members.ByID(ctx, s.Members.DB.As(actor.Scope), memberID)
	if err != nil {
		return err
	}
	if err := s.may(ctx, actor, DoHandOver, m); err != nil {
		return err
	}
	if err := h.check(); err != nil {
		return err
	}
	if err := s.Members.Usable(ctx, s.Members.DB.As(actor.Scope), actor, m.ID); err != nil {
		return err
	}
	number := s.Members.Ledger.IDs.New()
	r, documents, err := s.record(ctx, actor, m, h)
	if err != nil {
		return err
	}
	r.Number = number
	font, err := s.font()
	if err != nil {
		return err
	}
	lacking, err := typeface.Lacking(font, r.Texts()...)
	if err != nil {
		return err
	}
	if lacking != "" {
		return paper.Unwritable(lacking)
	}
	var out bytes.Buffer
	if err := paper.Write(&out, r, font); err != nil {
		return err
	}
	act := ledger.Act{Kind: DoHandOver, Subject: "member", SubjectID: m.ID, OrgPath: m.OrgPath, Reason: h.Purpose,
		Detail: map[string]any{"number": number, "recipient": h.Recipient, "documents": documents, "pages": len(r.Images)}}
	err = s.Members.Ledger.Do(ctx, actor, act, func(tx *store.Tx) error {
		return s.Members.WriteLook(ctx, tx, actor, m, member.HandedOver, h.Purpose+"，交给"+h.Recipient)
	})
	if err != nil {
		return err
	}
	_, err = w.Write(out.Bytes())
	return err
}

// TryFont tells which of the signs the typeface for papers cannot write; file is the operator's, "" the one that is
// shipped.
func TryFont(file, signs string) (lacking string, err error) {
	b, err := fontFile(file)
	if err != nil {
		return "", err
	}
	return typeface.Lacking(b, signs)
}

// font is the operator's typeface, nil for the one that is shipped.
func (s *Service) font() ([]byte, error) { return fontFile(s.Font) }

func fontFile(path string) ([]byte, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "读不到 font 设置里的字体文件，请系统管理员检查。").Because(err)
	}
	return b, nil
}

// paperGroups are the facts of the paper.
var paperGroups = []struct {
	title   string
	columns []roster.Column
}{
	{"基本情况", []roster.Column{roster.Name, roster.IDNumber, roster.Ethnicity, roster.Education, roster.Occupation}},
	{"党籍情况", []roster.Column{roster.Category, roster.Joined, roster.Confirmed, roster.Registry}},
	{"联系方式", []roster.Column{roster.Mobile, roster.Phone, roster.Address}},
	{"流动、失联与关怀", []roster.Column{roster.Floating, roster.FloatingTo, roster.Lost, roster.LostOn, roster.Care}},
}

// record gathers what the paper says, and the ids of the documents in it.
func (s *Service) record(ctx context.Context, actor ledger.Actor, m member.Member, h Handover) (r paper.Record, ids []string, err error) {
	reader := s.Members.DB.As(actor.Scope)
	content, err := s.Members.Content(ctx, m)
	if err != nil {
		return r, nil, err
	}
	sources, err := s.Members.Sources(ctx, m)
	if err != nil {
		return r, nil, err
	}
	steps, err := org.Steps(ctx, reader, []string{m.OrgPath})
	if err != nil {
		return r, nil, err
	}
	now := s.Members.Clock.Now()
	r = paper.Record{Name: m.Name, Organisation: org.Where(steps, m.OrgPath), Purpose: h.Purpose, Recipient: h.Recipient, By: actor.Name, At: words.Moment(now)}
	if step, ok := steps[m.OrgPath]; ok {
		r.Organisation = strings.TrimPrefix(r.Organisation+" › "+step.Name, " › ")
	}
	for _, g := range paperGroups {
		group := paper.Group{Title: g.title}
		for _, c := range g.columns {
			if v := paperValue(c, content[c]); v != "" {
				group.Lines = append(group.Lines, paper.Line{Label: c.Title(), Value: v, Source: paperSource(sources[c])})
			}
		}
		if len(group.Lines) > 0 {
			r.Groups = append(r.Groups, group)
		}
	}
	events, err := s.Members.Events(ctx, reader, m)
	if err != nil {
		return r, nil, err
	}
	for _, e := range events {
		r.Events = append(r.Events, paper.Line{Label: e.On.String(), Value: strings.TrimRight(e.Kind.Name()+"。"+e.Reason, "。") + "。", Source: e.Document})
	}
	if err := s.life(ctx, reader, m, &r); err != nil {
		return r, nil, err
	}
	ids, err = s.papers(ctx, reader, m, h, &r)
	return r, ids, err
}

// paperValue writes codes as words.
func paperValue(c roster.Column, v string) string {
	switch c {
	case roster.Ethnicity:
		if name := identity.Ethnicities.Name(v); name != "" {
			return name
		}
	case roster.Education:
		if name := identity.Educations.Name(v); name != "" {
			return name
		}
	}
	return v
}

func paperSource(src member.Source) string {
	if src.At.IsZero() {
		return ""
	}
	text := src.Actor + "，" + words.Moment(src.At)[:10]
	if src.Document != "" {
		text = src.Document + "；" + text
	}
	return text
}

// life adds the dated facts of a life that stand.
func (s *Service) life(ctx context.Context, reader store.Reader, m member.Member, r *paper.Record) error {
	facts, err := s.Members.Facts(ctx, reader, m.ID)
	if err != nil {
		return err
	}
	proofs, err := s.Members.ProofsOf(ctx, reader, m.ID)
	if err != nil {
		return err
	}
	list, err := s.Of(ctx, reader, m.ID)
	if err != nil {
		return err
	}
	group := paper.Group{Title: "表彰、任职、培训等"}
	for _, f := range facts {
		if f.Kind.Column() != "" || !f.Stands(s.Members.Clock.Now()) {
			continue
		}
		when := f.From.String()
		if !f.To.IsZero() {
			when += " 至 " + f.To.String()
		}
		text := strings.Join(strings.Fields(strings.Join([]string{f.Kind.Name() + "：" + f.Text, f.By, f.Detail}, " ")), "，")
		group.Lines = append(group.Lines, paper.Line{Label: when, Value: text, Source: strings.Join(provenBy(f, list, proofs[f.ID]), "；")})
	}
	if len(group.Lines) > 0 {
		r.Groups = append(r.Groups, group)
	}
	return nil
}

// provenBy says from what a dated fact is known: what was written, and the documents of the file.
func provenBy(f member.Fact, list []Document, ids []string) (out []string) {
	if f.Document != "" {
		out = append(out, f.Document)
	}
	for _, d := range list {
		if slices.Contains(ids, d.ID) {
			out = append(out, strings.TrimSuffix(d.Kind.Name()+"："+d.Title, "："))
		}
	}
	return out
}

// papers adds the list of documents, what the file lacks, and the pages if asked.
func (s *Service) papers(ctx context.Context, reader store.Reader, m member.Member, h Handover, r *paper.Record) (ids []string, err error) {
	list, err := s.Of(ctx, reader, m.ID)
	if err != nil {
		return nil, err
	}
	var missing []string
	folder := s.FolderOf(m, list)
	for _, one := range folder.Materials {
		if len(one.Have) == 0 && folder.Binding {
			missing = append(missing, one.Kind.Name())
		}
	}
	r.Missing = strings.Join(missing, "、")
	var size int64
	for _, d := range list {
		ids = append(ids, d.ID)
		size += d.Bytes
		r.Documents = append(r.Documents, paper.Line{Label: d.Kind.Name(), Value: strings.TrimPrefix(d.Title+"，", "，") + fmt.Sprintf("%d 页", d.Pages),
			Source: d.By + "，" + words.Moment(d.At)[:10] + "上传"})
	}
	if !h.Images {
		return ids, nil
	}
	if size > maxHandOver {
		return nil, fault.New(fault.Invalid, "材料的图像超过 %d MB，一份文件放不下。请不带图像，材料另行复印。", maxHandOver>>20).At("images")
	}
	for _, d := range list {
		for n := 1; n <= d.Pages; n++ {
			b, err := s.content(ctx, d, pageKey(d.ID, n))
			if err != nil {
				return nil, err
			}
			r.Images = append(r.Images, paper.Image{Caption: fmt.Sprintf("%s，第 %d 页，共 %d 页", d.Kind.Name(), n, d.Pages), JPEG: b})
		}
	}
	return ids, nil
}

// Paper writes papers of a procedure as PDF, with the operator's typeface if there is one.
func (s *Service) Paper(sheets []paper.Sheet) ([]byte, error) {
	font, err := s.font()
	if err != nil {
		return nil, err
	}
	return paper.PDF(sheets, font)
}
