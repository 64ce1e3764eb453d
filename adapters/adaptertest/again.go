package adaptertest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
)

func restart(t *testing.T, s *session) {
	stop := s.start(t)
	ana := s.member(t, "ana")
	var all []chat.MessageRef
	all = append(all, s.say(t, ana, "before"))
	s.settle(t)
	stop()
	bob := s.Stranger(t, "bob")
	all = append(all, s.say(t, ana, "while away"))
	must(t, bob.Join())
	all = append(all, s.say(t, bob, "I am new"))
	s.start(t)
	all = append(all, s.say(t, ana, "after"))
	s.settle(t)
	for _, message := range all {
		if n := len(s.all(sent(message))); n != 1 {
			t.Errorf("%v told %d times, want once", message, n)
		}
	}
	if n := len(s.all(by(bob.Member(), chat.KindJoin))); n != 1 {
		t.Errorf("bob joined %d times:\n%s", n, s.list())
	}
	if n := len(s.all(by(ana.Member(), chat.KindJoin))); n != 1 {
		t.Errorf("ana joined %d times:\n%s", n, s.list())
	}
}

func replay(t *testing.T, s *session) {
	stop := s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	from := s.saved()
	s.say(t, ana, "lost in a crash")
	last := s.say(t, ana, "this too")
	s.await(t, "her words", sent(last))
	stop()
	before := s.all(by(ana.Member(), chat.KindMessage))

	s.shell = newShell()
	s.startFrom(t, from)
	s.await(t, "her words again", sent(last))
	after := s.all(by(ana.Member(), chat.KindMessage))
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("told differently the second time (-first +second):\n%s", diff)
	}
}
