package adaptertest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// twice carries an action out under one key and again under another, as after an answer that was lost. The second time
// there may be nothing left to do.
func (s *session) twice(t *testing.T, key string, act chat.Action) chat.Receipt {
	t.Helper()
	receipt, err := s.do(t, key+"a", act)
	must(t, err)
	for _, again := range []string{key + "a", key + "b"} {
		if _, err := s.do(t, again, act); err != nil && !errors.Is(err, chat.ErrGone) {
			t.Errorf("%s again: %v, want nothing or ErrGone", act.ActionKind(), err)
		}
	}
	return receipt
}

func editOurs(t *testing.T, s *session) {
	s.start(t)
	receipt, err := s.do(t, "edit0", chat.Send{Room: s.Room, Text: words("first words")})
	must(t, err)
	s.twice(t, "edit1", chat.Edit{Message: receipt.Message, Text: words("better words")})
	ev := s.await(t, "the edit", func(ev chat.Event) bool {
		body, ok := ev.Body.(chat.MessageEdited)
		return ok && body.Message.ID == receipt.Message.ID && body.Content.Text == "better words"
	})
	if ev.Actor.Kind != chat.Self {
		t.Errorf("edited by kind %d, want Self", ev.Actor.Kind)
	}
	if got := s.find(t, receipt.Message).Text; got != "better words" {
		t.Errorf("shown: %q", got)
	}
}

func pinAndUnpin(t *testing.T, s *session) {
	s.start(t)
	message := s.say(t, s.Moderator, "keep this")
	s.find(t, message)
	s.twice(t, "pin1", chat.Pin{Message: message})
	s.twice(t, "pin2", chat.Unpin{Message: message})
	s.twice(t, "pin3", chat.Pin{Message: message})
}

func roles(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	s.twice(t, "role1", chat.GiveRole{Member: ana.Member(), Role: s.Role, Reason: "welcome"})
	s.settle(t)
	given := s.all(by(ana.Member(), chat.KindRoles))
	if len(given) != 1 || !slices.Equal(given[0].Body.(chat.MemberRoles).Added, []string{s.Role}) || given[0].Body.(chat.MemberRoles).By.Kind != chat.Self {
		t.Fatalf("told: %+v, want one role given by us:\n%s", given, s.list())
	}
	s.twice(t, "role2", chat.TakeRole{Member: ana.Member(), Role: s.Role})
	s.settle(t)
	taken := s.all(by(ana.Member(), chat.KindRoles))
	if len(taken) != 2 || !slices.Equal(taken[1].Body.(chat.MemberRoles).Removed, []string{s.Role}) {
		t.Errorf("told: %+v, want the role taken after it was given:\n%s", taken, s.list())
	}
	if _, err := s.do(t, "role3", chat.GiveRole{Member: ana.Member(), Role: "no such role"}); s.adapter.Platform() != chat.Console && !errors.Is(err, chat.ErrInvalid) {
		t.Errorf("a role that does not exist: %v, want ErrInvalid", err)
	}
}

func slowmode(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.twice(t, "slow1", chat.Slowmode{Room: s.Room, Every: time.Hour, Reason: "too fast"})
	s.say(t, ana, "one")
	if _, err := ana.Say(s.Room, "two"); err == nil {
		t.Error("she spoke twice in an hour")
	}
	s.say(t, s.Moderator, "moderators may")
	s.say(t, s.Moderator, "as they like")
	s.twice(t, "slow2", chat.Slowmode{Room: s.Room})
	s.say(t, ana, "three")
}

func locks(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.say(t, ana, "I may speak")
	s.twice(t, "lock1", chat.Lock{Room: s.Room, Reason: "a raid"})
	if _, err := ana.Say(s.Room, "I may not"); err == nil {
		t.Error("she spoke in a locked room")
	}
	s.say(t, s.Moderator, "moderators may")
	receipt, err := s.do(t, "lock2", chat.Send{Room: s.Room, Text: words("and so may we")})
	must(t, err)
	s.find(t, receipt.Message)
	s.twice(t, "lock3", chat.Unlock{Room: s.Room})
	s.say(t, ana, "I may again")
}

// lockAcrossRestart: what a lock took is given back by a process that did not take it.
func lockAcrossRestart(t *testing.T, s *session) {
	stop := s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	_, err := s.do(t, "lock1", chat.Lock{Room: s.Room})
	must(t, err)
	stop()
	s.start(t)
	_, err = s.do(t, "lock2", chat.Unlock{Room: s.Room})
	must(t, err)
	s.say(t, ana, "I may again")
}

func polls(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	act := chat.OpenPoll{
		Room: s.Room, Question: "Where shall we meet?", Answers: []chat.PollAnswer{{Label: "At the well", Emoji: "⛲"}, {Label: "In the **barn**"}}, Lasts: time.Hour,
	}
	first, err := s.do(t, "poll1", act)
	must(t, err)
	again, err := s.do(t, "poll1", act)
	must(t, err)
	if first.Message != again.Message || first.Message.ID == "" {
		t.Fatalf("one key, two polls: %v, %v", first, again)
	}
	s.settle(t)
	must(t, ana.Vote(first.Message, 2))
	ev := s.await(t, "her vote", by(ana.Member(), chat.KindVote))
	body := ev.Body.(chat.PollVoted)
	if body.Message.ID != first.Message.ID || !slices.Equal(body.Answers, []string{"2"}) {
		t.Errorf("got %+v, want the second answer of %v", body, first.Message)
	}
	s.twice(t, "poll2", chat.ClosePoll{Message: first.Message})
}

func nicknames(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	must(t, ana.Rename("FREE MONEY"))
	s.await(t, "the new name", by(ana.Member(), chat.KindRenamed))
	s.twice(t, "name1", chat.ResetName{Member: ana.Member(), Reason: "advertising"})
	s.settle(t)
	told := s.all(by(ana.Member(), chat.KindRenamed))
	if len(told) != 2 || told[1].Body.(chat.MemberRenamed).Old != "FREE MONEY" || told[1].Actor.Name == "FREE MONEY" {
		t.Errorf("names told: %+v", told)
	}
}

func banWithHistory(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.say(t, ana, "buy now")
	last := s.say(t, ana, "buy here")
	s.find(t, last)
	s.settle(t)
	s.twice(t, "ban1", chat.Ban{Member: ana.Member(), DeleteFor: time.Hour, Reason: "advertising"})
	eventually(t, "what she said is gone", func() bool {
		return s.shown(t, s.Room, "buy now")+s.shown(t, s.Room, "buy here") == 0
	})
}

func direct(t *testing.T, s *session) {
	s.start(t)
	ana := s.member(t, "ana")
	s.settle(t)
	act := chat.Direct{Member: ana.Member(), Text: words("for your eyes only")}
	for range 2 {
		_, err := s.do(t, "direct1", act)
		must(t, err)
	}
	var got []string
	eventually(t, "she has got it", func() bool {
		got = s.Private(t, ana)
		return len(got) > 0
	})
	if !slices.Equal(got, []string{"for your eyes only"}) {
		t.Errorf("she reads %q", got)
	}
	if n := s.shown(t, s.Room, "for your eyes only"); n != 0 {
		t.Error("it is shown in the room")
	}
}

// published: commands are offered, and only those that are defined now.
func published(t *testing.T, s *session) {
	s.adapter = s.Open(t)
	publisher, _ := s.adapter.(adapters.Publisher)
	spec := func(name string) chat.CommandSpec {
		both := map[string]string{"en": name, "fr": name}
		return chat.CommandSpec{Name: name, Names: both, Description: both, Standing: chat.StandingModerator}
	}
	publisher.Publish([]chat.CommandSpec{spec("why"), spec("warn")}, nil)
	s.run(t, s.saved())
	eventually(t, "both commands are offered", func() bool { return slices.Equal(s.Offered(t), []string{"warn", "why"}) })
	publisher.Publish([]chat.CommandSpec{spec("why")}, nil)
	eventually(t, "one command is offered", func() bool { return slices.Equal(s.Offered(t), []string{"why"}) })
}

// everyKind: an adapter says of every kind of action whether it can, and refuses what it cannot.
func everyKind(t *testing.T, s *session) {
	s.start(t)
	can := s.adapter.Capabilities().Actions
	for _, kind := range chat.Carried() {
		support, said := can[kind]
		if !said {
			t.Errorf("nothing is said of %q", kind)
		}
		if !support.Can && support.Instead == "" {
			t.Errorf("%q cannot be done, and nothing says why", kind)
		}
	}
	for kind := range can {
		if !slices.Contains(chat.Carried(), kind) {
			t.Errorf("%q is no action that a platform carries out", kind)
		}
	}
}
