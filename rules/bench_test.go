package rules_test

import (
	"encoding/json"
	"testing"
	"time"

	"palabre/chat"
	"palabre/rules"

	"maunium.net/go/mautrix/event"
)

const cleanText = "I think the second debate was better: nobody interrupted, and we learnt something new."

// BenchmarkCleanMessage is what an ordinary message costs with the example's rules: read, folded, decided.
func BenchmarkCleanMessage(b *testing.B) {
	rs, past, ev := example(b), rules.NewHistory([16]byte{}), message("1", cleanText, noon)
	b.ReportAllocs()
	for b.Loop() {
		ev.At = ev.At.Add(time.Minute)
		r := rs.Read(ev, past)
		past.Fold(r.Fact)
		if d := rs.Decide(r, past); len(d.Verdicts) > 0 {
			b.Fatal("not clean")
		}
		r.Release()
	}
}

// BenchmarkDecide is the decision alone, the text read before.
func BenchmarkDecide(b *testing.B) {
	rs, past := example(b), rules.NewHistory([16]byte{})
	r := rs.Read(message("1", cleanText, noon), past)
	past.Fold(r.Fact)
	b.ReportAllocs()
	for b.Loop() {
		if d := rs.Decide(r, past); len(d.Verdicts) > 0 {
			b.Fatal("not clean")
		}
	}
}

// BenchmarkFlood folds and decides a burst of 500 messages of one person.
func BenchmarkFlood(b *testing.B) {
	rs := example(b)
	evs := make([]*chat.Event, 500)
	for i := range evs {
		evs[i] = message(string(rune(0x4e00+i)), cleanText, noon.Add(time.Duration(i)*10*time.Millisecond))
	}
	b.ReportAllocs()
	for b.Loop() {
		past := rules.NewHistory([16]byte{})
		for _, ev := range evs {
			decide(rs, past, ev)
		}
	}
}

// BenchmarkMatrixDecode is what the same message costs before it is an event at all: for comparison.
func BenchmarkMatrixDecode(b *testing.B) {
	raw := []byte(`{"type":"m.room.message","room_id":"!general:example.org","sender":"@bob:example.org",` +
		`"origin_server_ts":1772452800000,"event_id":"$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG","unsigned":{"age":1234},` +
		`"content":{"msgtype":"m.text","m.mentions":{},"body":"` + cleanText + `"}}`)
	b.ReportAllocs()
	for b.Loop() {
		var ev event.Event
		if err := json.Unmarshal(raw, &ev); err != nil {
			b.Fatal(err)
		}
		if err := ev.Content.ParseRaw(event.EventMessage); err != nil {
			b.Fatal(err)
		}
	}
}
