package paper

import (
	"bytes"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"zhibu/internal/fault"
	"zhibu/internal/party/document/typeface"
)

// Sheet is one paper of a procedure: a record, a resolution, a reply, a ballot, a list to sign. It is shown as a page to print and
// written as PDF alike.
type Sheet struct {
	Title, Organisation string
	Lines               []Line     // facts in a frame
	Body                []string   // paragraphs
	Head                []string   // of a table
	Rows                [][]string // its lines; empty cells are filled in by hand
	Signatures          []string   // who signs, each on a line with room and a date
	Basis               string     // regulation and article
	Copies              int        // how often it stands, each on a page of its own: ballots; 0 once
}

// Texts are all words of the sheet, to be held against the typeface.
func (s Sheet) Texts() []string {
	out := append([]string{s.Title, s.Organisation, s.Basis}, s.Body...)
	out = append(append(out, s.Head...), s.Signatures...)
	for _, l := range s.Lines {
		out = append(out, l.Label, l.Value)
	}
	for _, r := range s.Rows {
		out = append(out, r...)
	}
	return out
}

// PDF writes sheets one behind the other, each on a page of its own. A sign that the typeface lacks is fault.Invalid: a paper with boxes in it is none.
func PDF(sheets []Sheet, font []byte) ([]byte, error) {
	if font == nil {
		font = typeface.Han()
	}
	var texts []string
	for _, s := range sheets {
		texts = append(texts, s.Texts()...)
	}
	lacking, err := typeface.Lacking(font, texts...)
	if err != nil {
		return nil, err
	}
	if lacking != "" {
		return nil, Unwritable(lacking)
	}
	p := &writer{Fpdf: fpdf.New("P", "mm", "A4", "")}
	p.SetMargins(margin, 22, margin)
	p.SetAutoPageBreak(true, 22)
	p.AddUTF8FontFromBytes(face, "", font)
	p.SetCreator("Zhibu", true)
	if len(sheets) > 0 {
		p.SetTitle(sheets[0].Title, true)
	}
	for _, s := range sheets {
		for range max(1, s.Copies) {
			p.AddPage()
			p.sheet(s)
		}
	}
	var out bytes.Buffer
	err = p.Output(&out)
	return out.Bytes(), err
}

// Unwritable says which signs no paper can be written with.
func Unwritable(signs string) error {
	return fault.New(fault.Invalid, "字体里没有这几个字：%s。请系统管理员用 font 设置换一套收字更多的 TTF 字体；急用时，打开页面，用浏览器打印。", strings.Join(strings.Split(signs, ""), " "))
}

func (p *writer) sheet(s Sheet) {
	p.SetFont(face, "", 20)
	p.MultiCell(width, 11, s.Title, "", "C", false)
	p.SetFont(face, "", 11)
	p.CellFormat(width, 7, s.Organisation, "", 1, "C", false, 0, "")
	p.Ln(4)
	p.table("", s.Lines, 38)
	p.SetFont(face, "", 11)
	for _, text := range s.Body {
		p.Ln(3)
		for _, line := range lines("　　"+text, width-2, p.GetStringWidth) {
			p.keep(8)
			p.CellFormat(width, 7, line, "", 1, "L", false, 0, "")
		}
	}
	if len(s.Head) > 0 {
		p.Ln(3)
		p.SetFont(face, "", 10)
		columns := make([]float64, len(s.Head))
		for i := range columns {
			columns[i] = width / float64(len(columns))
		}
		p.row(columns, s.Head)
		for _, r := range s.Rows {
			p.row(columns, r)
		}
	}
	p.Ln(6)
	p.SetFont(face, "", 10)
	for _, who := range s.Signatures {
		p.keep(12)
		p.CellFormat(width, 10, who+"：＿＿＿＿＿＿＿＿＿＿　　＿＿＿＿年＿＿月＿＿日", "", 1, "L", false, 0, "")
	}
	if s.Basis != "" {
		p.Ln(4)
		p.SetFont(face, "", 8)
		for _, line := range lines("依据："+s.Basis, width-2, p.GetStringWidth) {
			p.CellFormat(width, 5, line, "", 1, "L", false, 0, "")
		}
	}
}
