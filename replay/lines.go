package replay

import (
	"cmp"
	"errors"
	"io"

	"palabre/chat"
)

// lines are records that stand one in a line: Palabre's own format.
type lines struct{ *cutter }

func (l *lines) record() (value []byte, at place, err error) {
	l.indent = 1
	b, ok := l.significant()
	if !ok {
		return nil, l.at, io.EOF
	}
	if b != '{' {
		at = l.at
		for ; ok && b != '\n'; b, ok = l.peek() {
			l.skip()
		}
		return nil, at, errNoLine
	}
	return l.cut()
}

var errNoLine = errors.New("the line is no record")

// ours reads what `palabre archive export` writes.
type ours struct {
	desk *desk
	file string
}

func (*ours) begin(map[string][]byte) error { return nil }

func (o *ours) read(record []byte) ([]chat.Event, error) {
	ev, err := chat.DecodeEvent(record)
	if err != nil {
		return nil, err
	}
	o.desk.survey.Ages, o.desk.survey.Standings = true, true
	where := o.desk.part(partKey{o.file, ev.Room.Parent()}, "palabre", ev.Room.ID)
	where.Logical = cmp.Or(ev.Logical, where.Logical)
	o.desk.known(&ev.Actor, nil)
	return []chat.Event{ev}, nil
}
