package replay

import (
	"errors"
	"io"
)

// place is where something begins in a file. Lines and columns count from 1, columns in characters.
type place struct{ line, col int }

// advance is the place after a byte.
func (p place) advance(b byte) place {
	switch {
	case b == '\n':
		return place{p.line + 1, 1}
	case b&0xC0 != 0x80: // the later bytes of a character do not count
		p.col++
	}
	return p
}

// after is the place after n bytes of a text that begins here.
func (p place) after(text []byte, n int64) place {
	for _, b := range text[:min(max(n, 0), int64(len(text)))] {
		p = p.advance(b)
	}
	return p
}

// mostRecord is how large one record of an export may be. It bounds the memory that a broken file can take.
const mostRecord = 16 << 20

var (
	errCutOff  = errors.New("the file ends here, in the middle of a record")
	errTooLong = errors.New("the record is longer than 16 MB")
	errMissing = errors.New("the record does not end before the next one begins")
)

// cutter reads a JSON text and cuts it into values, of which it holds one at a time. It does not check what stands
// inside a value: a broken one is still cut where it seems to end, so that the next can be read.
type cutter struct {
	in     io.Reader
	chunk  []byte
	next   int // in chunk
	read   int64
	at     place // of the next byte
	fresh  bool  // nothing but spaces stands before it on its line
	indent int   // the column at which records begin a line of their own; 0 while unknown
	fail   error // why nothing more can be read: io.EOF at the end
	value  []byte
}

func newCutter(in io.Reader) *cutter {
	return &cutter{in: in, chunk: make([]byte, 0, 64<<10), at: place{1, 1}, fresh: true}
}

// peek is the next byte; false at the end.
func (c *cutter) peek() (byte, bool) {
	if c.next < len(c.chunk) {
		return c.chunk[c.next], true
	}
	for c.fail == nil {
		n, err := c.in.Read(c.chunk[:cap(c.chunk)])
		c.chunk, c.next, c.fail = c.chunk[:n], 0, err
		c.read += int64(n)
		if n > 0 {
			return c.chunk[0], true
		}
	}
	return 0, false
}

func (c *cutter) skip() {
	b := c.chunk[c.next]
	c.at = c.at.advance(b)
	c.fresh = b == '\n' || c.fresh && (b == ' ' || b == '\t' || b == '\r')
	c.next++
}

// atRecord tells whether the next byte, a brace, stands where records begin.
func (c *cutter) atRecord() bool { return c.fresh && c.at.col == c.indent }

// position is how many bytes were taken.
func (c *cutter) position() int64 { return c.read - int64(len(c.chunk)-c.next) }

// ended is the error of a text that went on: nil when it ended well.
func (c *cutter) ended() error {
	if c.fail == io.EOF {
		return nil
	}
	return c.fail
}

// significant is the next byte that is no space.
func (c *cutter) significant() (byte, bool) {
	for {
		b, ok := c.peek()
		if !ok || b != ' ' && b != '\n' && b != '\t' && b != '\r' && b != 0xEF && b != 0xBB && b != 0xBF {
			return b, ok
		}
		c.skip()
	}
}

// cut takes the value that begins at the next significant byte. The bytes are valid until the next call.
func (c *cutter) cut() (value []byte, begin place, err error) {
	c.value = c.value[:0]
	b, ok := c.significant()
	begin = c.at
	switch {
	case !ok:
		return nil, begin, io.EOF
	case b == '{' || b == '[':
		err = c.nested(begin)
	case b == '"':
		err = c.text()
	default:
		c.scalar()
	}
	return c.value, begin, err
}

// keep takes the next byte into the value.
func (c *cutter) keep() {
	if len(c.value) <= mostRecord {
		c.value = append(c.value, c.chunk[c.next])
	}
	c.skip()
}

func (c *cutter) scalar() {
	for b, ok := c.peek(); ok && b > ' ' && b != ',' && b != ']' && b != '}' && b != ':'; b, ok = c.peek() {
		c.keep()
	}
	if _, ok := c.peek(); ok && len(c.value) == 0 {
		c.keep() // a stray sign: it is no value, and it must not stop us
	}
}

// text takes a string. A line break ends it: none may stand in a string, so that the quote is missing.
func (c *cutter) text() error {
	c.keep()
	for {
		b, ok := c.peek()
		switch {
		case !ok:
			return errCutOff
		case b == '\n':
			return nil
		case b == '\\':
			c.keep()
			if next, ok := c.peek(); ok && next != '\n' {
				c.keep()
			}
		case b == '"':
			c.keep()
			return nil
		default:
			c.keep()
		}
	}
}

// nested takes an object or a list with all that is in it. A line that begins as records of this file begin ends it
// too: then a bracket is missing.
func (c *cutter) nested(begin place) error {
	for depth := 0; ; {
		b, ok := c.peek()
		switch {
		case !ok:
			return errCutOff
		case b == '"':
			if err := c.text(); err != nil {
				return err
			}
			continue
		case b == '{' && c.at.line > begin.line && c.atRecord():
			return errMissing
		case b == '{' || b == '[':
			depth++
		case b == '}' || b == ']':
			depth--
		}
		c.keep()
		if depth == 0 {
			return c.tooLong()
		}
	}
}

func (c *cutter) tooLong() error {
	if len(c.value) > mostRecord {
		return errTooLong
	}
	return nil
}
