package paper

import (
	"bytes"
	"fmt"
	"io"

	"codeberg.org/go-pdf/fpdf"

	"zhibu/internal/party/document/typeface"
)

// Record is what the paper says.
type Record struct {
	Name, Organisation, Code string
	Purpose, Recipient       string
	By, At, Number           string // who made it, when, under which number in the log
	Groups                   []Group
	Events                   []Line
	Documents                []Line
	Images                   []Image
	Missing                  string // materials that the file lacks, "" for none
}

// Group is a heading with its facts.
type Group struct {
	Title string
	Lines []Line
}

// Line is a fact with where it comes from, or a dated event.
type Line struct{ Label, Value, Source string }

// Image is a page of a document, as JPEG.
type Image struct {
	Caption string
	JPEG    []byte
}

// Texts are all words of the record, to be held against the typeface.
func (r Record) Texts() []string {
	out := []string{r.Name, r.Organisation, r.Code, r.Purpose, r.Recipient, r.By, r.At, r.Number, r.Missing}
	lines := append(append([]Line{}, r.Events...), r.Documents...)
	for _, g := range r.Groups {
		out = append(out, g.Title)
		lines = append(lines, g.Lines...)
	}
	for _, l := range lines {
		out = append(out, l.Label, l.Value, l.Source)
	}
	for _, i := range r.Images {
		out = append(out, i.Caption)
	}
	return out
}

const (
	margin = 20.0 // millimetres
	width  = 210 - 2*margin
	face   = "han"
)

type writer struct {
	*fpdf.Fpdf
	record Record
}

// Write writes the record as a PDF. face is a TrueType file, nil for the one that is shipped.
func Write(w io.Writer, r Record, font []byte) error {
	if font == nil {
		font = typeface.Han()
	}
	p := &writer{fpdf.New("P", "mm", "A4", ""), r}
	p.SetMargins(margin, 22, margin)
	p.SetAutoPageBreak(true, 22)
	p.AddUTF8FontFromBytes(face, "", font)
	p.SetTitle(r.Name+"的党员档案（副本）", true)
	p.SetCreator("Zhibu", true)
	p.AliasNbPages("{pages}")
	p.SetFooterFunc(p.footer)
	p.AddPage()
	p.head()
	for _, g := range r.Groups {
		p.table(g.Title, g.Lines, 38)
	}
	p.table("经历", r.Events, 38)
	p.table("档案材料目录", r.Documents, 38)
	p.signatures()
	for i, image := range r.Images {
		p.image(i, image)
	}
	return p.Output(w)
}

func (p *writer) footer() {
	p.SetY(-16)
	p.SetFont(face, "", 8)
	p.SetTextColor(90, 90, 90)
	p.CellFormat(width-24, 5, "编号 "+p.record.Number+"　本件是副本，与系统记录不一致的，以系统记录和原件为准。", "", 0, "L", false, 0, "")
	p.CellFormat(24, 5, fmt.Sprintf("第 %d 页，共 {pages} 页", p.PageNo()), "", 0, "R", false, 0, "")
	p.SetTextColor(0, 0, 0)
}

func (p *writer) head() {
	r := p.record
	p.SetFont(face, "", 20)
	p.CellFormat(width, 12, "党员档案（副本）", "", 1, "C", false, 0, "")
	p.SetFont(face, "", 11)
	p.CellFormat(width, 7, r.Organisation, "", 1, "C", false, 0, "")
	p.Ln(2)
	p.SetDrawColor(180, 30, 30)
	p.SetLineWidth(0.6)
	p.Line(margin, p.GetY(), margin+width, p.GetY())
	p.SetDrawColor(120, 120, 120)
	p.SetLineWidth(0.2)
	p.Ln(4)
	p.table("", []Line{{"姓名", r.Name, ""}, {"用途", r.Purpose, ""}, {"接收单位", r.Recipient, ""}, {"制作", r.By + "，" + r.At, ""}}, 38)
}

// table writes lines of two or three columns, each as high as its longest text.
func (p *writer) table(title string, lines []Line, label float64) {
	if len(lines) == 0 {
		return
	}
	p.keep(24)
	if title != "" {
		p.Ln(3)
		p.SetFont(face, "", 13)
		p.CellFormat(width, 9, title, "", 1, "L", false, 0, "")
	}
	p.SetFont(face, "", 10)
	source := 0.0
	for _, l := range lines {
		if l.Source != "" {
			source = 62
		}
	}
	columns := []float64{label, width - label - source, source}
	for _, l := range lines {
		p.row(columns, []string{l.Label, l.Value, l.Source})
	}
}

const lineHeight = 5.4

func (p *writer) row(columns []float64, texts []string) {
	split := make([][]string, len(texts))
	most := 1
	for i, t := range texts {
		if columns[i] == 0 {
			continue
		}
		split[i] = lines(t, columns[i]-3, p.GetStringWidth)
		most = max(most, len(split[i]))
	}
	height := float64(most)*lineHeight + 2.4
	p.keep(min(height, 60))
	x, y := margin, p.GetY()
	for i, width := range columns {
		if width == 0 {
			continue
		}
		p.Rect(x, y, width, height, "D")
		for n, line := range split[i] {
			p.SetXY(x+0.5, y+1.2+float64(n)*lineHeight)
			p.CellFormat(width-1, lineHeight, line, "", 0, "L", false, 0, "")
		}
		x += width
	}
	p.SetXY(margin, y+height)
}

// keep begins a new page where less than so much room is left.
func (p *writer) keep(height float64) {
	if _, page := p.GetPageSize(); p.GetY()+height > page-22 {
		p.AddPage()
	}
}

func (p *writer) signatures() {
	p.SetFont(face, "", 10)
	if p.record.Missing != "" {
		p.Ln(3)
		for _, line := range lines("按规定应有而系统里没有的材料："+p.record.Missing+"。", width-2, p.GetStringWidth) {
			p.CellFormat(width, lineHeight, line, "", 1, "L", false, 0, "")
		}
	}
	p.keep(34)
	p.Ln(8)
	p.SetX(margin + width/2)
	p.CellFormat(width/2, 8, "经办人：＿＿＿＿＿＿＿＿＿＿", "", 2, "L", false, 0, "")
	p.CellFormat(width/2, 8, "党组织（盖章）：", "", 2, "L", false, 0, "")
	p.CellFormat(width/2, 8, "＿＿＿＿年＿＿月＿＿日", "", 1, "L", false, 0, "")
}

// image is a page of its own, the picture as large as fits.
func (p *writer) image(n int, i Image) {
	p.AddPage()
	p.SetFont(face, "", 10)
	p.CellFormat(width, 7, i.Caption, "", 1, "L", false, 0, "")
	name := fmt.Sprintf("image-%d", n)
	o := fpdf.ImageOptions{ImageType: "JPG"}
	info := p.RegisterImageOptionsReader(name, o, bytes.NewReader(i.JPEG))
	if info == nil || p.Err() {
		return
	}
	room := 297 - p.GetY() - 24
	scale := min(width/info.Width(), room/info.Height())
	p.ImageOptions(name, margin, p.GetY()+1, info.Width()*scale, info.Height()*scale, false, o, 0, "")
}
