package adaptertest

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
)

// member gives somebody who is in the community.
func (s *session) member(t *testing.T, name string) Human {
	t.Helper()
	h := s.Stranger(t, name)
	must(t, h.Join())
	return h
}

func (s *session) say(t *testing.T, h Human, text string) chat.MessageRef {
	t.Helper()
	message, err := h.Say(s.Room, text)
	must(t, err)
	return message
}

func says(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	message := s.say(t, ana, "bonjour à tous")
	s.settle(t)
	got := s.all(sent(message))
	if len(got) != 1 {
		t.Fatalf("%d events, want 1:\n%s", len(got), s.list())
	}
	ev := got[0]
	body := ev.Body.(chat.MessageSent)
	if body.Content.Text != "bonjour à tous" || ev.Room != s.Room || ev.Logical != "general" {
		t.Errorf("got %+v in %v (%q)", body.Content, ev.Room, ev.Logical)
	}
	want := chat.Actor{MemberRef: ana.Member(), Person: chat.PersonOf(ana.Member()), Name: ev.Actor.Name, Joined: ev.Actor.Joined, Created: ev.Actor.Created}
	if diff := cmp.Diff(want, ev.Actor); diff != "" {
		t.Errorf("actor (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(strings.ToLower(ev.Actor.Name), "ana") {
		t.Errorf("name %q, want ana's", ev.Actor.Name)
	}
	if age := time.Since(ev.At); age < -time.Minute || age > 10*time.Minute {
		t.Errorf("said at %v", ev.At)
	}
	moderator := s.await(t, "the moderator's word", by(s.Moderator.Member(), chat.KindMessage))
	if moderator.Actor.Standing < chat.StandingModerator {
		t.Errorf("the moderator's standing is %s", moderator.Actor.Standing)
	}
}

func edits(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	message := s.say(t, ana, "first")
	must(t, ana.Edit(message, "second"))
	must(t, ana.Edit(message, "third"))
	s.settle(t)
	var texts, ids []string
	for _, ev := range s.all(by(ana.Member(), chat.KindEdit)) {
		body := ev.Body.(chat.MessageEdited)
		if body.Message.ID != message.ID {
			t.Errorf("edit of %v, want %v", body.Message, message)
		}
		texts = append(texts, body.Content.Text)
		ids = append(ids, ev.ID, body.Revision)
	}
	if diff := cmp.Diff([]string{"second", "third"}, texts); diff != "" {
		t.Errorf("edits (-want +got):\n%s", diff)
	}
	if len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("two revisions share a name: %q", ids)
	}
}

func deletes(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	message := s.say(t, ana, "oh no")
	s.settle(t)
	must(t, ana.Delete(message))
	ev := s.await(t, "the deletion", by(ana.Member(), chat.KindDeleted))
	body := ev.Body.(chat.MessageDeleted)
	if body.Message.ID != message.ID || body.Author != ana.Member() {
		t.Errorf("got %+v, want %v of %v", body, message, ana.Member())
	}
}

func joinsAndLeaves(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	if got := s.all(by(ana.Member(), chat.KindJoin)); len(got) != 1 {
		t.Fatalf("%d joins, want 1:\n%s", len(got), s.list())
	}
	must(t, ana.Leave())
	s.settle(t)
	got := s.all(by(ana.Member(), chat.KindLeave))
	if len(got) != 1 {
		t.Fatalf("%d leaves, want 1:\n%s", len(got), s.list())
	}
	if by := got[0].Body.(chat.MemberLeft).By; !by.IsZero() {
		t.Errorf("she left by herself, not by %v", by)
	}
	must(t, ana.Join())
	s.settle(t)
	if got := s.all(by(ana.Member(), chat.KindJoin)); len(got) != 2 {
		t.Errorf("%d joins after coming back, want 2:\n%s", len(got), s.list())
	}
}

func present(t *testing.T, s *session) {
	ana := s.member(t, "ana")
	s.start(t)
	s.settle(t)
	if got := s.all(by(ana.Member(), chat.KindPresent)); len(got) != 1 {
		t.Errorf("%d times present, want 1:\n%s", len(got), s.list())
	}
	if got := s.all(by(ana.Member(), chat.KindJoin)); len(got) != 0 {
		t.Errorf("she joined before we came:\n%s", s.list())
	}
}

func renames(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	must(t, ana.Rename("Anaïs"))
	ev := s.await(t, "the new name", by(ana.Member(), chat.KindRenamed))
	if old := ev.Body.(chat.MemberRenamed).Old; old == "Anaïs" || ev.Actor.Name != "Anaïs" {
		t.Errorf("from %q to %q", old, ev.Actor.Name)
	}
	message := s.say(t, ana, "it is still me")
	s.settle(t)
	if n := len(s.all(by(ana.Member(), chat.KindRenamed))); n != 1 {
		t.Errorf("told %d times, want once:\n%s", n, s.list())
	}
	if said := s.all(sent(message)); len(said) != 1 || said[0].Actor.Name != "Anaïs" {
		t.Errorf("said: %+v", said)
	}
	if n := len(s.all(by(ana.Member(), chat.KindJoin))); n != 1 {
		t.Errorf("she joined %d times, want once:\n%s", n, s.list())
	}
}

func reacts(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	message := s.say(t, s.Moderator, "who agrees?")
	must(t, ana.React(message, "👍"))
	ev := s.await(t, "the reaction", by(ana.Member(), chat.KindReaction))
	body := ev.Body.(chat.ReactionAdded)
	if body.Message.ID != message.ID || body.Emoji != "👍" {
		t.Errorf("got %+v", body)
	}
}

func commands(t *testing.T, s *session) {
	s.start(t)
	message := s.say(t, s.Moderator, s.Prefix+"Timeout @bob 1h  shouting")
	talk := s.say(t, s.Moderator, s.Prefix+s.Prefix+" is no command")
	s.settle(t)
	got := s.all(func(ev chat.Event) bool { return ev.Body.EventKind() == chat.KindCommand })
	if len(got) != 1 {
		t.Fatalf("%d commands, want 1:\n%s", len(got), s.list())
	}
	body := got[0].Body.(chat.CommandInvoked)
	if body.Name != "timeout" || body.Args != "@bob 1h  shouting" || body.Message.ID != message.ID {
		t.Errorf("got %+v", body)
	}
	if got[0].Actor.Standing < chat.StandingModerator {
		t.Errorf("standing %s, want moderator", got[0].Actor.Standing)
	}
	for _, said := range []chat.MessageRef{message, talk} {
		if len(s.all(sent(said))) != 1 {
			t.Errorf("%v is not a message too:\n%s", said, s.list())
		}
	}
}

func ownMessages(t *testing.T, s *session) {
	s.start(t)
	receipt, err := s.do(t, "own1", chat.Send{Room: s.Room, Text: words("it is me")})
	must(t, err)
	ev := s.await(t, "our message", sent(receipt.Message))
	if ev.Actor.Kind != chat.Self {
		t.Errorf("kind %d, want Self", ev.Actor.Kind)
	}
}
