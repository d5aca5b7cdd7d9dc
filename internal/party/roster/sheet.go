package roster

import (
	"context"
	"io"
	"strconv"
	"unsafe"
)

// stopError is what a row callback returns to end a scan; it passes through unchanged.
type stopError struct{ error }

// sheetScan reads one sheet part once.
type sheetScan struct {
	w       *workbook
	x       *xmlReader
	cells   []Cell
	value   []byte
	formula bool
}

// rows goes through <sheetData>. A row or cell without a reference follows the one before it, as the standard says.
func (s *sheetScan) rows(ctx context.Context, row func(int, []Cell) error) error {
	number := 0
	for {
		t, err := s.x.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case t == endToken && string(s.x.name) == "sheetData":
			return nil
		case t != startToken || string(s.x.name) != "row":
			continue
		}
		number++
		if r := rowOf(s.x.attr("r")); r >= number {
			number = r
		}
		if number%1024 == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if s.x.selfClose {
			continue
		}
		if err := s.row(); err != nil {
			return err
		}
		if len(s.cells) == 0 {
			continue
		}
		if err := row(number, s.cells); err != nil {
			return stopError{err}
		}
	}
}

// row reads the cells up to </row>.
func (s *sheetScan) row() error {
	s.cells = s.cells[:0]
	column, size := -1, 0
	for {
		t, err := s.x.next()
		if err != nil {
			return unexpected(err)
		}
		if t == endToken && string(s.x.name) == "row" {
			return nil
		}
		if t != startToken || string(s.x.name) != "c" {
			continue
		}
		var ref, style, kind []byte
		ref, style, kind = s.x.cellAttrs()
		column++
		if c := columnOf(ref); c >= column {
			column = c
		}
		if s.x.selfClose {
			continue
		}
		cell, err := s.cell(cellType(kind), atoi(style))
		if err != nil {
			return err
		}
		if cell.Kind == Empty || column >= maxColumns {
			continue
		}
		if size += len(cell.Text); size > maxRowBytes {
			return errLongToken
		}
		for len(s.cells) <= column {
			s.cells = append(s.cells, Cell{})
		}
		s.cells[column] = cell
	}
}

// cellAttrs takes r, s and t in one go; the slices are good until the next token, so the type is copied by cellType.
func (x *xmlReader) cellAttrs() (ref, style, kind []byte) {
	rest := x.attrs
	for {
		i := 0
		for i < len(rest) && (rest[i] == ' ' || rest[i] == '\n' || rest[i] == '\t' || rest[i] == '\r') {
			i++
		}
		rest = rest[i:]
		if len(rest) < 4 {
			return ref, style, kind
		}
		if rest[1] != '=' || (rest[2] != '"' && rest[2] != '\'') {
			// an attribute of another name or written with spaces: the general way
			return x.attr("r"), x.attr("s"), x.attr("t")
		}
		stop := 3
		for stop < len(rest) && rest[stop] != rest[2] {
			stop++
		}
		if stop == len(rest) {
			return ref, style, kind
		}
		switch rest[0] {
		case 'r':
			ref = rest[3:stop]
		case 's':
			style = rest[3:stop]
		case 't':
			kind = rest[3:stop]
		}
		rest = rest[stop+1:]
	}
}

type valueType uint8

const (
	numberValue valueType = iota
	sharedValue
	inlineValue
	formulaText
	boolValue
	errorValue
	isoDate
)

func cellType(t []byte) valueType {
	switch string(t) {
	case "s":
		return sharedValue
	case "inlineStr":
		return inlineValue
	case "str":
		return formulaText
	case "b":
		return boolValue
	case "e":
		return errorValue
	case "d":
		return isoDate
	}
	return numberValue
}

// cell reads up to </c>.
func (s *sheetScan) cell(kind valueType, style int) (Cell, error) {
	s.value, s.formula = s.value[:0], false
	inValue := false
	for {
		t, err := s.x.next()
		if err != nil {
			return Cell{}, unexpected(err)
		}
		switch t {
		case startToken:
			inValue = false
			switch string(s.x.name) {
			case "v":
				inValue = !s.x.selfClose
			case "f":
				s.formula = true
			case "is":
				if s.value, err = richText(s.x, s.value); err != nil {
					return Cell{}, err
				}
			}
		case endToken:
			inValue = false
			if string(s.x.name) == "c" {
				return s.finish(kind, style)
			}
		case textToken:
			if inValue {
				if s.value = s.x.appendText(s.value); len(s.value) > maxCellBytes {
					return Cell{}, errLongToken
				}
			}
		}
	}
}

func (s *sheetScan) finish(kind valueType, style int) (Cell, error) {
	if len(s.value) == 0 {
		if s.formula && kind != formulaText { // a formula may well give the empty text
			return Cell{Kind: UnknownCell}, nil
		}
		return Cell{}, nil
	}
	switch kind {
	case sharedValue:
		i, err := strconv.Atoi(unsafe.String(unsafe.SliceData(s.value), len(s.value)))
		if err != nil {
			return Cell{}, errBroken
		}
		text, ok, err := s.w.strings.get(i)
		if err != nil {
			return Cell{}, err
		}
		if !ok {
			return Cell{}, errBroken
		}
		return textCell(text), nil
	case inlineValue, formulaText, isoDate:
		return textCell(string(s.value)), nil
	case boolValue:
		if truth(s.value) {
			return Cell{"TRUE", BoolCell}, nil
		}
		return Cell{"FALSE", BoolCell}, nil
	case errorValue:
		return Cell{string(s.value), ErrorCell}, nil
	}
	return Cell{string(s.value), s.w.numberKind(style)}, nil
}

func textCell(text string) Cell {
	if text == "" {
		return Cell{}
	}
	return Cell{decodeEscapes(text), TextCell}
}

func atoi(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' || n > 1<<20 {
			return 0
		}
		n = n*10 + int(c-'0')
	}
	return n
}
