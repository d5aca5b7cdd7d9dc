package roster

import "strings"

// cellFormat is what a number format makes of a number.
type cellFormat uint8

const (
	plainFormat cellFormat = iota
	dayFormat              // shows a day
	monthFormat            // shows a month or a year, no day
)

// readStyles learns which cell styles show days. A workbook without styles has none.
func (w *workbook) readStyles() error {
	if w.parts["xl/styles.xml"] == nil {
		return nil
	}
	custom := map[int]string{}
	inCells := false
	r, err := w.open("xl/styles.xml")
	if err != nil {
		return err
	}
	defer r.Close()
	x := newXMLReader(r)
	for {
		t, err := x.next()
		if err != nil {
			return ignoreEOF(err)
		}
		switch {
		case t == endToken && string(x.name) == "cellXfs":
			inCells = false
		case t != startToken:
		case len(custom) > maxStyles || len(w.formats) > maxStyles:
		case string(x.name) == "numFmt" && !inCells:
			custom[atoi(x.attr("numFmtId"))] = attrText(x.attr("formatCode"))
		case string(x.name) == "cellXfs":
			inCells = !x.selfClose
		case string(x.name) == "xf" && inCells:
			id := atoi(x.attr("numFmtId"))
			if code, ok := custom[id]; ok {
				w.formats = append(w.formats, formatOf(code))
			} else {
				w.formats = append(w.formats, builtInFormat(id))
			}
		}
	}
}

// builtInFormat knows the numbers that stand for formats in every workbook; 27 to 36 and 50 to 58 are those of
// Chinese Excel (2019年7月1日, 2019年7月, 7月1日 …).
func builtInFormat(id int) cellFormat {
	switch id {
	case 14, 15, 16, 22, 28, 29, 30, 31, 51, 53, 54, 58:
		return dayFormat
	case 17, 27, 36, 50, 52, 57:
		return monthFormat
	}
	return plainFormat
}

// formatOf reads a format code: what stands in quotes, brackets or behind a backslash is decoration.
func formatOf(code string) cellFormat {
	code, _, _ = strings.Cut(code, ";")
	var bare strings.Builder
	quoted, bracketed, skip := false, false, false
	for _, r := range strings.ToLower(code) {
		switch {
		case skip:
			skip = false
		case r == '"':
			quoted = !quoted
		case quoted:
		case r == '[':
			bracketed = true
		case r == ']':
			bracketed = false
		case bracketed:
		case r == '\\' || r == '_' || r == '*':
			skip = true
		default:
			bare.WriteRune(r)
		}
	}
	s := bare.String()
	switch {
	case strings.Contains(s, "general"):
		return plainFormat
	case strings.Contains(s, "d"):
		return dayFormat
	case strings.ContainsAny(s, "0#?@"):
		return plainFormat
	case strings.ContainsAny(s, "ye"), strings.Contains(s, "m") && !strings.ContainsAny(s, "hs"):
		return monthFormat
	}
	return plainFormat
}

func (w *workbook) numberKind(style int) Kind {
	if style < len(w.formats) {
		switch w.formats[style] {
		case dayFormat:
			return DateCell
		case monthFormat:
			return MonthCell
		}
	}
	return NumberCell
}
