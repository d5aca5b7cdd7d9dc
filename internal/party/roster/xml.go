package roster

import (
	"bytes"
	"errors"
	"io"
)

// A sheet of 100,000 rows is a hundred megabytes of XML that uses very little of XML. This reader knows elements,
// attributes, text, the five named entities, numbers and CDATA; it refuses a document type, so that no entity can
// grow. It holds one token at a time.
type xmlReader struct {
	r        io.Reader
	buf      []byte
	pos, end int
	err      error // of r, once buf is used up

	name      []byte // local name of the element
	attrs     []byte // its attributes as written
	selfClose bool
	text      []byte // raw text
	cdata     bool   // text is to be taken as it is
}

type token uint8

const (
	startToken token = iota + 1
	endToken
	textToken
)

// maxToken bounds one tag or one run of text; Excel itself allows 32,767 characters in a cell.
const maxToken = 1 << 20

var (
	errLongToken = errors.New("xml: a text or tag is longer than a megabyte")
	errDoctype   = errors.New("xml: a document type is not accepted")
	errBroken    = errors.New("xml: not well formed")
)

func newXMLReader(r io.Reader) *xmlReader {
	return &xmlReader{r: r, buf: make([]byte, 64<<10)}
}

// next moves to the next token. A self-closing element is one start token with selfClose set and no end token.
func (x *xmlReader) next() (token, error) {
	for {
		if x.pos == x.end {
			if err := x.fill(); err != nil {
				return 0, err
			}
		}
		if x.buf[x.pos] != '<' {
			return textToken, x.readText()
		}
		if err := x.need(2); err != nil {
			return 0, err
		}
		switch x.buf[x.pos+1] {
		case '?':
			if _, err := x.through("?>"); err != nil {
				return 0, err
			}
		case '!':
			isText, err := x.declaration()
			if err != nil {
				return 0, err
			}
			if isText {
				return textToken, nil
			}
		case '/':
			tag, err := x.through(">")
			if err != nil {
				return 0, err
			}
			x.name = local(bytes.TrimSpace(tag[2 : len(tag)-1]))
			return endToken, nil
		default:
			return startToken, x.readStart()
		}
	}
}

func (x *xmlReader) readText() error {
	for from := 0; ; {
		if i := bytes.IndexByte(x.buf[x.pos+from:x.end], '<'); i >= 0 {
			x.text, x.cdata = x.buf[x.pos:x.pos+from+i], false
			x.pos += from + i
			return nil
		}
		from = x.end - x.pos
		if err := x.fill(); err == io.EOF {
			x.text, x.cdata = x.buf[x.pos:x.end], false
			x.pos = x.end
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (x *xmlReader) readStart() error {
	tag, err := x.throughTag()
	if err != nil {
		return err
	}
	tag = tag[1 : len(tag)-1]
	x.selfClose = len(tag) > 0 && tag[len(tag)-1] == '/'
	if x.selfClose {
		tag = tag[:len(tag)-1]
	}
	cut := len(tag)
	for i, c := range tag {
		if c == ' ' || c == '\n' || c == '\t' || c == '\r' {
			cut = i
			break
		}
	}
	x.name, x.attrs = local(tag[:cut]), tag[cut:]
	return nil
}

// throughTag takes up to the '>' that ends a tag; one between quotes does not.
func (x *xmlReader) throughTag() ([]byte, error) {
	for from := 0; ; {
		i := bytes.IndexByte(x.buf[x.pos+from:x.end], '>')
		if i < 0 {
			from = x.end - x.pos
			if err := x.fill(); err != nil {
				return nil, unexpected(err)
			}
			continue
		}
		tag := x.buf[x.pos : x.pos+from+i+1]
		if !insideQuotes(tag) {
			x.pos += len(tag)
			return tag, nil
		}
		from += i + 1
	}
}

func insideQuotes(tag []byte) bool {
	var quote byte
	for _, c := range tag {
		switch {
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote:
			quote = 0
		}
	}
	return quote != 0
}

// declaration skips a comment, or reads a CDATA section.
func (x *xmlReader) declaration() (isText bool, err error) {
	if err := x.need(4); err == nil && string(x.buf[x.pos:x.pos+4]) == "<!--" {
		_, err := x.through("-->")
		return false, err
	}
	const open = "<![CDATA["
	if err := x.need(len(open)); err != nil || string(x.buf[x.pos:x.pos+len(open)]) != open {
		return false, errDoctype
	}
	section, err := x.through("]]>")
	if err != nil {
		return false, err
	}
	x.text, x.cdata = section[len(open):len(section)-3], true
	return true, nil
}

// through takes up to and including a terminator.
func (x *xmlReader) through(stop string) ([]byte, error) {
	for from := 0; ; {
		if i := bytes.Index(x.buf[x.pos+from:x.end], []byte(stop)); i >= 0 {
			taken := x.buf[x.pos : x.pos+from+i+len(stop)]
			x.pos += len(taken)
			return taken, nil
		}
		from = max(0, x.end-x.pos-len(stop)+1)
		if err := x.fill(); err != nil {
			return nil, unexpected(err)
		}
	}
}

// skipThrough throws away everything up to and including a terminator, however far it is.
func (x *xmlReader) skipThrough(stop string) error {
	for {
		if i := bytes.Index(x.buf[x.pos:x.end], []byte(stop)); i >= 0 {
			x.pos += i + len(stop)
			return nil
		}
		x.pos = max(x.pos, x.end-len(stop)+1)
		if err := x.fill(); err != nil {
			return err
		}
	}
}

func (x *xmlReader) need(n int) error {
	for x.end-x.pos < n {
		if err := x.fill(); err != nil {
			return unexpected(err)
		}
	}
	return nil
}

// fill reads more behind what is not used yet.
func (x *xmlReader) fill() error {
	if x.err != nil {
		return x.err
	}
	if x.pos > 0 {
		copy(x.buf, x.buf[x.pos:x.end])
		x.end -= x.pos
		x.pos = 0
	}
	if x.end == len(x.buf) {
		if len(x.buf) >= maxToken {
			return errLongToken
		}
		x.buf = append(x.buf, make([]byte, len(x.buf))...)
	}
	for {
		n, err := x.r.Read(x.buf[x.end:])
		x.end += n
		if n > 0 {
			x.err = err // told when the rest is used up
			return nil
		}
		if err != nil {
			x.err = err
			return err
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return errBroken
	}
	return err
}

func local(name []byte) []byte {
	if i := bytes.IndexByte(name, ':'); i >= 0 {
		return name[i+1:]
	}
	return name
}

// attr gives an attribute of the start token by its local name; nil if it is not there.
func (x *xmlReader) attr(name string) []byte {
	rest := x.attrs
	for {
		eq := bytes.IndexByte(rest, '=')
		if eq < 0 {
			return nil
		}
		key := local(bytes.TrimSpace(rest[:eq]))
		rest = bytes.TrimLeft(rest[eq+1:], " \t\r\n")
		if len(rest) == 0 {
			return nil
		}
		stop := bytes.IndexByte(rest[1:], rest[0])
		if stop < 0 {
			return nil
		}
		if string(key) == name {
			return rest[1 : 1+stop]
		}
		rest = rest[stop+2:]
	}
}

func ignoreEOF(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}
