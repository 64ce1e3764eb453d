package replay

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// reader turns the records of one format into events.
type reader interface {
	// begin takes what stands before the records.
	begin(header map[string][]byte) error
	// read turns a record into events; none when nobody did anything.
	read(record []byte) ([]chat.Event, error)
}

// file is one export, read record by record.
type file struct {
	name    string
	desk    *desk
	closer  io.Closer
	records interface {
		record() ([]byte, place, error)
	}
	cut    *cutter
	reader reader
	number int          // of the record
	ready  []chat.Event // read, and not yet given
	last   chat.Event
}

// openFile opens an export and finds out which format it has.
func openFile(name string, d *desk) (*file, error) {
	in, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	f := &file{name: name, desk: d, closer: in, cut: newCutter(in)}
	if err := f.begin(); err != nil {
		in.Close()
		return nil, err
	}
	return f, nil
}

const formatsHint = "known are DiscordChatExporter's JSON, the JSON of Element's room export, and Palabre's own lines"

func (f *file) begin() error {
	if filepath.Ext(f.name) == ".jsonl" {
		f.records, f.reader = &lines{cutter: f.cut}, &ours{desk: f.desk, file: f.name}
		return nil
	}
	list := &listing{cutter: f.cut}
	f.records = list
	header := map[string][]byte{}
	for {
		key, value, at, err := list.field()
		switch {
		case err == io.EOF && !list.open:
			return f.mistake(at, formatsHint, "no list of messages is in this file")
		case err == io.EOF:
			return f.recognise(header)
		case err != nil:
			return f.mistake(at, formatsHint, err.Error())
		}
		header[key] = value
	}
}

// formats are those that keep their records in a list. Each is known by keys that stand before it.
var formats = []struct {
	keys []string
	read func(d *desk, file string) reader
}{
	{[]string{"guild", "channel"}, func(d *desk, file string) reader { return &discord{desk: d, file: file} }},
	{[]string{"room_name"}, func(d *desk, file string) reader { return &element{desk: d, file: file} }},
}

// recognise knows a format by what stands before its messages.
func (f *file) recognise(header map[string][]byte) error {
	for _, format := range formats {
		if slices.ContainsFunc(format.keys, func(key string) bool { return header[key] == nil }) {
			continue
		}
		f.reader = format.read(f.desk, f.name)
		if err := f.reader.begin(header); err != nil {
			return f.mistake(place{1, 1}, formatsHint, err.Error())
		}
		return nil
	}
	return f.mistake(place{1, 1}, formatsHint, "the messages of this file are in no format that is known")
}

func (f *file) mistake(at place, hint, message string) error {
	return errors.New(yamlsrc.Mistake{File: f.name, Pos: yamlsrc.Pos{Line: at.line, Col: at.col}, Message: message, Hint: hint}.String())
}

// peek is the next event; nil at the end. What cannot be read is noted, and passed.
func (f *file) peek() (*chat.Event, error) {
	for len(f.ready) == 0 {
		value, at, err := f.records.record()
		if err == io.EOF {
			return nil, f.cut.ended()
		}
		f.number++
		if err != nil {
			f.skip(at, err)
			continue
		}
		if f.ready, err = f.reader.read(value); err != nil {
			f.skip(at.after(value, offset(err)), err)
			f.ready = nil
		}
	}
	return &f.ready[0], nil
}

// take gives the event that peek has shown.
func (f *file) take() chat.Event {
	ev := f.ready[0]
	f.ready = f.ready[1:]
	if ev.At.Before(f.last.At) {
		f.desk.survey.Disorder++
	}
	f.last = ev
	return ev
}

func (f *file) skip(at place, why error) {
	message := fmt.Sprintf("record %d is left out: %s", f.number, plain(why))
	f.desk.skipped(f.mistake(at, hintOf(why), message).Error())
}

// offset is how far into a record its mistake stands.
func offset(err error) int64 {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return syntax.Offset - 1
	case errors.As(err, &kind):
		return kind.Offset - 1
	}
	return 0
}

// plain is an error in words that need no knowledge of Go.
func plain(err error) string {
	var kind *json.UnmarshalTypeError
	var moment *time.ParseError
	switch {
	case errors.As(err, &kind):
		return fmt.Sprintf("%q holds something else than it should (%s)", strings.ToLower(kind.Field), kind.Value)
	case errors.As(err, &moment):
		return moment.Value + " is no time"
	}
	return err.Error()
}

func hintOf(err error) string {
	switch {
	case errors.Is(err, errCutOff):
		return "the export was interrupted; what stands before is used. Export again to have the rest"
	case errors.Is(err, errMissing), errors.Is(err, errStray):
		return "a bracket or a quote is missing, or one too many; the next record is used again"
	}
	return "the other records are used; export again if this one matters"
}
