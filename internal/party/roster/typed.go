package roster

// Typed checks one record typed into a form by the rules of the roster, so that a form and a sheet never disagree.
// The branch is not among the values: a form chooses it apart. Problems carry row 0.
func Typed(values map[Column]string, c Context) (Record, []Problem) {
	sheet := &Sheet{book: &Book{src: csvTables{}}}
	row := &Row{sheet: sheet}
	for i := range sheet.at {
		sheet.at[i] = -1
	}
	for _, column := range Columns {
		text, given := values[column]
		if !given {
			continue
		}
		sheet.at[columnIndex[column]] = len(row.Cells)
		sheet.has = sheet.has.With(column)
		sheet.Headers = append(sheet.Headers, Header{Index: len(row.Cells), Text: column.Title(), Column: column})
		row.Cells = append(row.Cells, textCell(text))
	}
	c.Organisations, c.TargetBranch = nil, "chosen"
	return Check(row, &c)
}
