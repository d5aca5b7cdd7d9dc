package paper_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"zhibu/internal/party/document/paper"
)

// TestLongRecord: what does not fit into a line or a page goes on in the next, and every page says which it is.
func TestLongRecord(t *testing.T) {
	r := paper.Record{Name: "阿依古丽·买买提", Organisation: "清泽市委 › 大河县委 › 石桥镇党委 › 石桥村党支部", Purpose: "转接组织关系", Recipient: "大河县教育局党委",
		By: "李文静", At: "2026-11-23 15:30", Number: "01KAS0000000000000000000AB", Missing: "政治审查材料、转正申请书"}
	long := strings.Repeat("在支部担任组织委员期间认真负责，", 12) + "完。"
	g := paper.Group{Title: "表彰、任职、培训等"}
	for i := range 40 {
		g.Lines = append(g.Lines, paper.Line{Label: fmt.Sprintf("%d-07-01", 1980+i), Value: "表彰：优秀共产党员", Source: "石桥镇党委决定，李文静，2026-11-20"})
	}
	g.Lines = append(g.Lines, paper.Line{Label: "2024-01-01", Value: long})
	r.Groups = []paper.Group{g}
	r.Events = []paper.Line{{Label: "2003-06-28", Value: "接收为预备党员。", Source: "《入党志愿书》"}}
	var out bytes.Buffer
	if err := paper.Write(&out, r, nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "record.pdf")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", "-layout", path, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.Fields(string(text)), "")
	if !strings.Contains(said, long) {
		t.Errorf("something of the long text is lost:\n%s", text)
	}
	pages := strings.Count(string(text), "\f")
	for _, want := range []string{"阿依古丽·买买提", "2019-07-01", "完。", fmt.Sprintf("第%d页，共%d页", pages, pages), "政治审查材料、转正申请书"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not there", want)
		}
	}
	if pages < 2 {
		t.Errorf("%d pages", pages)
	}
}
