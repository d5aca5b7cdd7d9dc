package population

// Fault is a fault put into a sheet on purpose. Rows count from 1 as Excel shows them.
type Fault struct {
	Row    int
	Column string // the header as it stands in the sheet
	Code   string // of domain/roster.md: checksum, sex_mismatch …
	Level  string // error or warning
}

// Sheet is one sheet of a workbook.
type Sheet struct {
	Name   string
	Rows   [][]string
	Merged [][4]int // first row, first column, last row, last column, all from 1
}

// FaultySheet is a roster of new people for a town, with every fault of the roster rules once.
func FaultySheet(c *City, town int) ([][]string, []Fault) { return nil, nil }

// Workbook is a town's workbook as people have it: a sheet a branch, no two of one form, new people only, no faults.
func Workbook(c *City, town int, perBranch int) []Sheet { return nil }
