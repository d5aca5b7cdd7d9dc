package roster

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"zhibu/internal/civil"
	"zhibu/internal/party/identity"
)

// fullRecord is a member with every column filled, distinct for every i below 36 million.
func fullRecord(i int) Record {
	born := civil.Of(1930, 1, 1).AddDays(i / 1000 % 20_000)
	digits := fmt.Sprintf("66%04d%04d%02d%02d%03d", i/20_000_000, born.Year, born.Month, born.Day, i%1000)
	id := identity.IDNumber(digits + string(identity.CheckCharacter(digits)))
	r := Record{
		Name: "王小" + string(rune('一'+i%5000)), IDNumber: id, Sex: id.Sex(), Born: born, Ethnicity: "01", Education: "20",
		Category: identity.Full, OrganisationText: "第一党支部", Joined: born.AddYears(25), Confirmed: born.AddYears(26),
		Occupation: "小学教师", Mobile: fmt.Sprintf("154%08d", i), Phone: "010-62345678", Address: fmt.Sprintf("和平路 %d 号", i),
		Registry: identity.Normal, Lost: identity.No, Floating: identity.No,
	}
	if r.Joined.After(today.AddYears(-2)) {
		r.Joined, r.Confirmed = civil.Of(2010, 7, 1), civil.Of(2011, 7, 1)
	}
	return r
}

func writeRoster(t testing.TB, format string, n int) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "roster."+format)
	f, err := os.Create(path)
	must(t, err)
	e, err := NewExport(f, format, Columns[:17], ExportOptions{TempDir: t.TempDir()})
	must(t, err)
	for i := range n {
		must(t, e.Add(fullRecord(i)))
	}
	must(t, e.Close())
	must(t, f.Close())
	return path
}

// BenchmarkRead reads 100,000 rows of 17 columns as the importer does: open, survey, check every row.
func BenchmarkRead(b *testing.B) {
	for _, format := range []string{FormatXLSX, FormatCSV} {
		b.Run(format, func(b *testing.B) {
			const n = 100_000
			path := writeRoster(b, format, n)
			b.ResetTimer()
			for range b.N {
				rows, warm := readFile(b, path)
				if rows != n || warm != 0 {
					b.Fatalf("%d rows, %d problems", rows, warm)
				}
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

func BenchmarkExport(b *testing.B) {
	for range b.N {
		var out bytes.Buffer
		e, err := NewExport(&out, FormatXLSX, Columns[:17], ExportOptions{TempDir: b.TempDir()})
		must(b, err)
		for i := range 20_000 {
			must(b, e.Add(fullRecord(i)))
		}
		must(b, e.Close())
	}
}

// TestMemoryDoesNotGrow reads a long file and finds nothing of its rows held.
func TestMemoryDoesNotGrow(t *testing.T) {
	path := writeRoster(t, FormatCSV, 60_000)
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	book, err := OpenFile(path, Options{TempDir: t.TempDir()})
	must(t, err)
	survey, err := book.Survey(context.Background(), demo())
	must(t, err)
	peak := uint64(0)
	n := 0
	for row, err := range book.Rows(context.Background()) {
		must(t, err)
		Check(row, demo())
		if n++; n%20_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			peak = max(peak, after.HeapAlloc)
		}
	}
	must(t, book.Close())
	if survey.Rows != 60_000 || n != 60_000 {
		t.Errorf("%d and %d rows", survey.Rows, n)
	}
	if held := int64(peak) - int64(before.HeapAlloc); held > 4<<20 {
		t.Errorf("%d KB are held while reading", held>>10)
	}
}

func readFile(t testing.TB, path string) (rows, problems int) {
	book, err := OpenFile(path, Options{TempDir: t.TempDir()})
	must(t, err)
	defer book.Close()
	c := demo()
	survey, err := book.Survey(context.Background(), c)
	must(t, err)
	for row, err := range book.Rows(context.Background()) {
		must(t, err)
		_, found := Check(row, c)
		if standing, _ := survey.Stand(row); standing != Single {
			problems++
		}
		rows, problems = rows+1, problems+len(found)
	}
	return rows, problems
}
