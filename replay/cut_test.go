package replay

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"palabre/config"
)

// cuts are the records of a text, or why they are none.
func cuts(text string, in func(io.Reader) io.Reader) (out []string) {
	l := &listing{cutter: newCutter(in(strings.NewReader(text)))}
	for {
		if _, _, _, err := l.field(); err != nil {
			break
		}
	}
	for {
		value, _, err := l.record()
		if err == io.EOF {
			return out
		}
		if err != nil {
			out = append(out, "! "+err.Error())
			continue
		}
		out = append(out, string(value))
	}
}

func whole(r io.Reader) io.Reader { return r }

// Records are cut the same however the file is broken into lines and however it arrives.
func TestRecordsAreCut(t *testing.T) {
	for name, text := range map[string]string{
		"compact": `{"room_name":"a","messages":[{"a":"}]\"{"},{"b":[{}]}],"messageCount":2}`,
		"a line each": `{"room_name":"a", "messages": [
{"a":"}]\"{"},
{"b":[{}]}
]}`,
		"a byte order mark": "\ufeff" + `{"messages":[{"a":"}]\"{"},{"b":[{}]}]}`,
	} {
		for how, in := range map[string]func(io.Reader) io.Reader{"whole": whole, "byte by byte": iotest.OneByteReader} {
			got := cuts(text, in)
			if len(got) != 2 || got[0] != `{"a":"}]\"{"}` || got[1] != `{"b":[{}]}` {
				t.Errorf("%s, %s: %q", name, how, got)
			}
		}
	}
}

// Whatever a file holds, reading it ends, and does not fail but by saying so.
func FuzzFile(f *testing.F) {
	f.Add(`{"guild":{},"channel":{"id":"1"},"messages":[{"id":"1","timestamp":"2026-11-23T09:00:00Z","type":"Default","author":{"id":"2"}}]}`)
	f.Add(`{"room_name":"a","messages":[{"type":"m.room.message","sender":"@a:b","event_id":"$1","content":{"body":"x"}}]}`)
	f.Add("{\"messages\":[\n  {\"a\":\"\n  {\n}},]")
	f.Fuzz(func(t *testing.T, text string) {
		d := &desk{cfg: &config.Config{}, parts: map[partKey]int{}}
		one := &file{name: "x.json", desk: d, cut: newCutter(strings.NewReader(text))}
		if one.begin() != nil {
			return
		}
		for n := 0; ; n++ {
			ev, err := one.peek()
			if err != nil || ev == nil {
				return
			}
			if n > len(text) {
				t.Fatal("more events than bytes")
			}
			one.take()
		}
	})
}
