package adaptertest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
)

func sendOnce(t *testing.T, s *session) {
	s.start(t)
	send := chat.Send{Room: s.Room, Text: words("once only")}
	first, err := s.do(t, "once1", send)
	must(t, err)
	again, err := s.do(t, "once1", send)
	must(t, err)
	if first.Message != again.Message || first.Message.ID == "" {
		t.Errorf("receipts differ: %v, %v", first, again)
	}
	s.find(t, first.Message)
	if n := s.shown(t, s.Room, "once only"); n != 1 {
		t.Errorf("shown %d times", n)
	}
}

// shown counts a room's messages with this text.
func (s *session) shown(t *testing.T, room chat.RoomRef, text string) (n int) {
	t.Helper()
	for _, m := range s.Read(t, room) {
		if m.Text == text {
			n++
		}
	}
	return n
}

func deleteOnce(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	message := s.say(t, ana, "buy now")
	s.find(t, message)
	act := chat.Delete{Message: message, Author: ana.Member(), Reason: "advertising"}
	_, err := s.do(t, "del1", act)
	must(t, err)
	eventually(t, "the message is no longer shown", func() bool { return s.shown(t, s.Room, "buy now") == 0 })
	for _, key := range []string{"del1", "del2"} {
		if _, err := s.do(t, key, act); err != nil && !errors.Is(err, chat.ErrGone) {
			t.Errorf("again with %s: %v, want nothing or ErrGone", key, err)
		}
	}
}

func timeout(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.say(t, ana, "I may speak")
	act := chat.Timeout{Member: ana.Member(), Until: time.Now().Add(time.Hour), Reason: "shouting"}
	for _, key := range []string{"mute1", "mute1", "mute2"} {
		_, err := s.do(t, key, act)
		must(t, err)
	}
	if _, err := ana.Say(s.Room, "I may not"); err == nil {
		t.Error("she spoke while silenced")
	}
	lift := chat.LiftTimeout{Member: ana.Member()}
	_, err := s.do(t, "lift1", lift)
	must(t, err)
	s.say(t, ana, "I may again")
	if _, err := s.do(t, "lift2", lift); err != nil && !errors.Is(err, chat.ErrGone) {
		t.Errorf("lifting again: %v, want nothing or ErrGone", err)
	}
	s.settle(t)
	if n := s.shown(t, s.Room, "I may not"); n != 0 {
		t.Error("what she tried to say is shown")
	}
	if _, err := s.do(t, "self1", chat.Timeout{Member: s.self(t), Until: act.Until}); !errors.Is(err, chat.ErrForbidden) {
		t.Errorf("against ourselves: %v, want ErrForbidden", err)
	}
}

// self is Palabre's own account.
func (s *session) self(t *testing.T) chat.MemberRef {
	t.Helper()
	receipt, err := s.do(t, "whoami", chat.Send{Room: s.Room, Text: words("hello")})
	must(t, err)
	return s.await(t, "our message", sent(receipt.Message)).Actor.MemberRef
}

func ban(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	act := chat.Ban{Member: ana.Member(), Reason: "raid"}
	for _, key := range []string{"ban1", "ban1", "ban2"} {
		_, err := s.do(t, key, act)
		must(t, err)
	}
	s.settle(t)
	if _, err := ana.Say(s.Room, "still here"); err == nil {
		t.Error("she spoke while banned")
	}
	if ana.Join() == nil {
		t.Error("she came back while banned")
	}
	banned := s.all(by(ana.Member(), chat.KindBanned))
	if len(banned) != 1 || banned[0].Body.(chat.MemberBanned).By.Kind != chat.Self {
		t.Errorf("bans told: %+v, want one, by us", banned)
	}
	_, err := s.do(t, "unban1", chat.Unban{Member: ana.Member()})
	must(t, err)
	must(t, ana.Join())
	s.say(t, ana, "back again")
	s.settle(t)
	if got := s.all(by(ana.Member(), chat.KindUnbanned)); len(got) != 1 {
		t.Errorf("%d unbans told, want 1:\n%s", len(got), s.list())
	}
}

func kick(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	before := time.Now().Add(-time.Hour)
	if _, err := s.do(t, "kick1", chat.Kick{Member: ana.Member(), Decided: before}); err != nil && !errors.Is(err, chat.ErrGone) {
		t.Errorf("kick of who came later: %v, want nothing or ErrGone", err)
	}
	s.say(t, ana, "still here")
	_, err := s.do(t, "kick2", chat.Kick{Member: ana.Member(), Decided: time.Now().Add(time.Minute), Reason: "please read the rules"})
	must(t, err)
	s.settle(t)
	left := s.all(by(ana.Member(), chat.KindLeave))
	if len(left) != 1 || left[0].Body.(chat.MemberLeft).By.IsZero() {
		t.Errorf("leaves told: %+v, want one, by us:\n%s", left, s.list())
	}
}

// hostile are names and texts that would act if they were pasted into a message.
var hostile = []string{
	"@everyone", "@room", "@here @room", "<b>bold</b>", "<script>alert(1)</script>", "**bold** __under__ ~~gone~~",
	"[click](https://evil.example)", "<a href=\"https://evil.example\">x</a>", "`code` ```block```", "# title\n- list\n> quote",
	"x` <@everyone> `x", "\u202eesrever", "{name} %s {{.Token}}", "<mx-reply>hidden</mx-reply>", "\ue000\ue010\ue001", "&lt;b&gt;",
	"![x](https://evil.example/x.png)", "@mallory:evil.example", "https://matrix.to/#/@ana:localhost",
}

func hostileNames(t *testing.T, s *session) {
	s.start(t)
	for i, name := range hostile {
		ref := s.Moderator.Member()
		text := chat.Text{
			{Text: "**Hello** "}, {Kind: chat.NameOnly, Member: ref, Text: name},
			{Text: ", you wrote "}, {Kind: chat.Data, Text: name}, {Text: ": "}, {Kind: chat.Quote, Text: name},
		}
		receipt, err := s.do(t, "host"+string(rune('a'+i)), chat.Send{Room: s.Room, Text: text})
		must(t, err)
		shown := s.find(t, receipt.Message)
		if len(shown.Pings) > 0 || shown.PingsAll {
			t.Errorf("%q pings %v, everybody: %v", name, shown.Pings, shown.PingsAll)
		}
		for _, piece := range shown.Marked {
			if piece != "Hello" && squeeze(piece) != squeeze(name) {
				t.Errorf("%q formats: %q", name, piece)
			}
		}
	}
	receipt, err := s.do(t, "host1", chat.Send{Room: s.Room, Text: chat.Text{{Kind: chat.Ping, Member: s.Moderator.Member(), Text: "<b>mod"}}})
	must(t, err)
	if diff := cmp.Diff([]chat.MemberRef{s.Moderator.Member()}, s.find(t, receipt.Message).Pings); diff != "" {
		t.Errorf("pings (-want +got):\n%s", diff)
	}
}

// squeeze keeps what may not change when a text is quoted: spaces, breaks and characters without width may.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ', r == '\n', r == '\u200b', r == '\u202e', r >= '\ue000' && r <= '\ue01f':
			return -1
		}
		return r
	}, s)
}

func (s *session) find(t *testing.T, message chat.MessageRef) (found Shown) {
	t.Helper()
	eventually(t, "the message is shown", func() bool {
		shown := s.Read(t, message.Room)
		i := slices.IndexFunc(shown, func(m Shown) bool { return m.ID == message.ID })
		if i >= 0 {
			found = shown[i]
		}
		return i >= 0
	})
	return found
}

func thread(t *testing.T, s *session) {
	s.start(t)
	receipt, err := s.do(t, "thread1", chat.StartThread{Room: s.Room, Title: "What is **new**?", Text: words("Tell us.")})
	must(t, err)
	if receipt.Thread.IsZero() || receipt.Thread.Thread == "" {
		t.Fatalf("receipt %+v names no thread", receipt)
	}
	inside, err := s.do(t, "thread2", chat.Send{Room: receipt.Thread, Text: words("I begin")})
	must(t, err)
	ev := s.await(t, "the message in the thread", sent(inside.Message))
	if ev.Room != receipt.Thread || ev.Logical != "general" {
		t.Errorf("in %v (%q), want %v", ev.Room, ev.Logical, receipt.Thread)
	}
	ana := s.member(t, "ana")
	answer, err := ana.Say(receipt.Thread, "me too")
	must(t, err)
	if got := s.await(t, "her answer", sent(answer)).Room; got != receipt.Thread {
		t.Errorf("her answer is in %v, want %v", got, receipt.Thread)
	}
}

func pressCard(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	card := &chat.Card{Key: "case/7", Choices: []chat.Choice{{ID: "keep", Emoji: "✅", Label: "Keep it"}, {ID: "undo", Emoji: "↩️", Label: "Undo"}}}
	receipt, err := s.do(t, "card1", chat.Send{Room: s.Room, Text: words("What now?"), Card: card})
	must(t, err)
	s.settle(t)
	if got := s.all(func(ev chat.Event) bool { return ev.Body.EventKind() == chat.KindPress }); len(got) != 0 {
		t.Errorf("pressed by nobody: %+v", got)
	}
	must(t, ana.React(receipt.Message, "↩"))
	ev := s.await(t, "the press", by(ana.Member(), chat.KindPress))
	want := chat.ButtonPressed{Card: "case/7", Choice: "undo", Message: receipt.Message, Reply: ev.Body.(chat.ButtonPressed).Reply}
	if diff := cmp.Diff(chat.Body(want), ev.Body); diff != "" {
		t.Errorf("press (-want +got):\n%s", diff)
	}
}
