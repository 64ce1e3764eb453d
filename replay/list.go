package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// listing is a JSON object in which one key holds the records: how every exporter but ours writes. It gives first what
// stands before the records, then them, one by one.
type listing struct {
	*cutter
	open bool // we are in the list
}

// recordsKey is what the exporters call their list.
const recordsKey = "messages"

var errNoObject = errors.New("an export begins with {")

// field gives the next key with its value; io.EOF when the records, or the end of the file, come next.
func (l *listing) field() (key string, value []byte, at place, err error) {
	for {
		b, ok := l.significant()
		switch {
		case !ok:
			return "", nil, l.at, io.EOF
		case b == '{' || b == ',' || b == '}':
			l.skip()
		case b == '"':
			return l.keyed()
		default:
			return "", nil, l.at, errNoObject
		}
	}
}

func (l *listing) keyed() (key string, value []byte, at place, err error) {
	raw, at, err := l.cut()
	if err == nil {
		err = json.Unmarshal(raw, &key)
	}
	if err != nil {
		return "", nil, at, fmt.Errorf("a key is broken: %w", err)
	}
	if b, ok := l.significant(); ok && b == ':' {
		l.skip()
	}
	if b, ok := l.significant(); ok && b == '[' && key == recordsKey {
		l.skip()
		l.open = true
		return "", nil, at, io.EOF
	}
	value, at, err = l.cut()
	return key, bytes.Clone(value), at, err
}

// record gives the next record of the list; io.EOF after the last. Any other error belongs to this record alone.
func (l *listing) record() (value []byte, at place, err error) {
	for l.open {
		b, ok := l.significant()
		switch {
		case !ok:
			l.open = false
			return nil, l.at, errCutOff
		case b == ',':
			l.skip()
		case b == ']':
			l.skip()
			l.open = false
		case b == '{':
			if l.indent == 0 && l.fresh {
				l.indent = l.at.col
			}
			value, at, err = l.cut()
			l.open = !errors.Is(err, errCutOff)
			return value, at, err
		default:
			at := l.at
			l.stray()
			return nil, at, errStray
		}
	}
	return nil, l.at, io.EOF
}

var errStray = errors.New("something stands between two records")

// stray passes what stands between records, up to where one may begin.
func (l *listing) stray() {
	for b, ok := l.peek(); ok; b, ok = l.peek() {
		if b == '{' && (l.indent == 0 || l.atRecord()) {
			return
		}
		l.skip()
	}
}
