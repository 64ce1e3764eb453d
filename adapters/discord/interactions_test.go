package discord_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters/discord"
	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// specs are two commands as the shell defines them.
func specs() []chat.CommandSpec {
	member := chat.ParamSpec{Name: "member", Names: map[string]string{"en": "member", "fr": "membre"}, Kind: chat.ParamMember, Required: true,
		Description: map[string]string{"en": "who", "fr": "qui"}}
	reason := chat.ParamSpec{Name: "reason", Names: map[string]string{"fr": "raison"}, Kind: chat.ParamText, Required: true,
		Description: map[string]string{"en": "why", "fr": "pourquoi"}}
	return []chat.CommandSpec{
		{
			Name: "warn", Names: map[string]string{"en": "warn", "fr": "avertir"}, Standing: chat.StandingModerator,
			Description: map[string]string{"en": "warn a member", "fr": "avertir un membre"}, Params: []chat.ParamSpec{member, reason},
			OnMember: true, OnMessage: true, Menu: map[string]string{"en": "Warn", "fr": "Avertir"},
			Form: &chat.Form{Key: "warn", Title: "Warn", Fields: []chat.FormField{{ID: "reason", Label: "Why?", Long: true, Required: true, Max: 300}}},
		},
		{
			Name: "why", Names: map[string]string{"fr": "pourquoi"}, Description: map[string]string{"en": "explain a case"},
			Params: []chat.ParamSpec{{Name: "case", Kind: chat.ParamCase, Autocomplete: true, Description: map[string]string{"en": "its number"}}},
		},
	}
}

func complete(_ context.Context, room chat.RoomRef, caller chat.Actor, command, param, typed string) []chat.Choice {
	return []chat.Choice{{ID: typed + "2", Label: fmt.Sprint(command, " ", param, " ", caller.Name, " ", caller.Standing, " ", room.Platform)}}
}

// calling is an adapter with commands at work, and a moderator.
func calling(t *testing.T) (*running, discordtest.Person) {
	t.Helper()
	r := virtual(t, discordtest.Options{})
	mona := r.guild.Moderator("mona")
	r.publish = func(a *discord.Adapter) { a.Publish(specs(), complete) }
	r.start()
	pass(2 * time.Second)
	return r, mona
}

func (r *running) interaction(i discordtest.Interaction) discordtest.Interaction {
	r.t.Helper()
	pass(100 * time.Millisecond)
	now, ok := r.server.Interaction(i.ID)
	if !ok {
		r.t.Fatal("no such interaction")
	}
	return now
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestASlashCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		defer r.stop()
		i := r.interaction(must[discordtest.Interaction](t)(mona.Invoke(r.room, "warn", map[string]any{"member": r.ana.ID, "reason": "shouting"})))
		if i.Answer != discordtest.AnswerDeferred || !i.Private || i.Answered.Sub(i.At) > time.Second {
			t.Fatalf("acknowledged: %+v", i)
		}
		got := r.kind(chat.KindCommand)
		if len(got) != 1 || got[0].Actor.ID != mona.ID || got[0].Actor.Standing != chat.StandingModerator {
			t.Fatalf("told: %+v", got)
		}
		body := got[0].Body.(chat.CommandInvoked)
		want := chat.CommandInvoked{Name: "warn", Options: map[string]string{"member": r.ana.ID, "reason": "shouting"}, Reply: body.Reply}
		if diff := cmp.Diff(want, body); diff != "" || body.Reply == "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		for _, key := range []string{"a1", "a1", "a2"} {
			if _, err := r.adapter.Do(t.Context(), key, answer(r, body.Reply, "done "+key, true)); err != nil {
				t.Fatalf("answer %s: %v", key, err)
			}
		}
		i = r.interaction(i)
		if diff := cmp.Diff([]string{"done a1", "done a2"}, i.Said); diff != "" || i.Thinking || !i.Private {
			t.Errorf("said (-want +got):\n%s\n%+v", diff, i)
		}
		for _, m := range r.server.Everything(r.room) {
			if m.Private != mona.ID {
				t.Errorf("%q is shown to %q", m.Text, m.Private)
			}
		}
	})
}

func answer(r *running, reply, text string, private bool) chat.Send {
	return chat.Send{Room: r.ref(), Text: chat.Text{{Text: text}}, Reply: reply, Private: private}
}

func TestAPublicAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		defer r.stop()
		_ = r.interaction(must[discordtest.Interaction](t)(mona.Invoke(r.room, "why", nil)))
		reply := r.kind(chat.KindCommand)[0].Body.(chat.CommandInvoked).Reply
		if _, err := r.adapter.Do(t.Context(), "a1", answer(r, reply, "for all", false)); err != nil {
			t.Fatal(err)
		}
		if got := r.server.Texts(r.room); !slices.Equal(got, []string{"for all"}) {
			t.Errorf("the room shows %q", got)
		}
		for _, m := range r.server.Everything(r.room) {
			if m.Private != "" && !m.Deleted {
				t.Errorf("%s still sees a waiting sign: %+v", mona.ID, m)
			}
		}
	})
}

func TestAnAnswerAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		i := r.interaction(must[discordtest.Interaction](t)(mona.Invoke(r.room, "why", nil)))
		reply := r.kind(chat.KindCommand)[0].Body.(chat.CommandInvoked).Reply
		r.stop()
		r.start()
		defer r.stop()
		pass(time.Second)
		for _, key := range []string{"a1", "a2"} {
			if _, err := r.do(key, answer(r, reply, key, true)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"a1", "a2"}, r.interaction(i).Said); diff != "" {
			t.Errorf("said (-want +got):\n%s", diff)
		}
		pass(20 * time.Minute)
		if _, err := r.do("a3", answer(r, reply, "too late", true)); !errors.Is(err, chat.ErrGone) {
			t.Errorf("after its fifteen minutes: %v, want ErrGone", err)
		}
		if _, err := r.do("b1", chat.Send{Room: r.ref(), Text: chat.Text{{Text: "we go on"}}}); err != nil {
			t.Errorf("a refused answer stopped us: %v", err)
		}
	})
}

func TestAFormAsksForWhatIsMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		defer r.stop()
		message := must[string](t)(r.ana.Say(r.room, "AAAH"))
		for name, call := range map[string]func() (discordtest.Interaction, error){
			"slash": func() (discordtest.Interaction, error) {
				return mona.Invoke(r.room, "warn", map[string]any{"member": r.ana.ID})
			},
			"member":  func() (discordtest.Interaction, error) { return mona.OnMember(r.room, "Warn", r.ana.ID) },
			"message": func() (discordtest.Interaction, error) { return mona.OnMessage(r.room, "Warn", message) },
		} {
			before := len(r.kind(chat.KindForm))
			i := r.interaction(must[discordtest.Interaction](t)(call()))
			if i.Answer != discordtest.AnswerModal || i.Modal == nil || len(i.Modal.Fields) != 1 || i.Modal.Fields[0].CustomID != "reason" {
				t.Fatalf("%s: answered %+v", name, i)
			}
			if n := len(r.kind(chat.KindCommand)); n != 0 {
				t.Fatalf("%s: a command was told before its form", name)
			}
			s := r.interaction(must[discordtest.Interaction](t)(mona.Submit(i.ID, map[string]string{"reason": "shouting | 100%"})))
			if s.Answer != discordtest.AnswerDeferred {
				t.Errorf("%s: the form was answered with %d", name, s.Answer)
			}
			told := r.kind(chat.KindForm)[before:]
			if len(told) != 1 {
				t.Fatalf("%s: %d forms told", name, len(told))
			}
			body := told[0].Body.(chat.FormSubmitted)
			want := chat.FormSubmitted{Form: "warn", Fields: map[string]string{"member": r.ana.ID, "reason": "shouting | 100%"}, Reply: body.Reply}
			if name == "message" {
				want.Message = chat.MessageRef{Room: r.ref(), ID: message}
			}
			if diff := cmp.Diff(want, body); diff != "" {
				t.Errorf("%s: form (-want +got):\n%s", name, diff)
			}
		}
	})
}

func TestChoicesAreProposed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		defer r.stop()
		i := r.interaction(must[discordtest.Interaction](t)(mona.Complete(r.room, "why", map[string]any{"case": "1"}, "case")))
		if i.Answer != discordtest.AnswerChoices || len(i.Choices) != 1 || i.Choices[0].Value != "12" || i.Choices[0].Name != "why case mona moderator discord" {
			t.Errorf("proposed: %+v", i)
		}
		if n := len(r.kind(chat.KindCommand)); n != 0 {
			t.Error("a question for choices is no command")
		}
	})
}

func TestAcknowledgementsDoNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		defer r.stop()
		r.server.Fail(discordtest.Fault{Kind: "send", Status: 429, Scope: "global", After: time.Minute})
		_, _ = r.adapter.Do(t.Context(), "k1", hello(r))
		for i := range 300 {
			r.say(fmt.Sprint(i))
		}
		i := r.interaction(must[discordtest.Interaction](t)(mona.Invoke(r.room, "why", nil)))
		if i.Answered.IsZero() || i.Answered.Sub(i.At) > time.Second {
			t.Errorf("acknowledged at %v, asked at %v", i.Answered, i.At)
		}
	})
}

func TestACallThatNobodyAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, mona := calling(t)
		r.stop()
		i := must[discordtest.Interaction](t)(mona.Invoke(r.room, "why", nil))
		pass(10 * time.Second)
		r.start()
		defer r.stop()
		pass(5 * time.Second)
		r.say("still there")
		pass(time.Second)
		if n := len(r.kind(chat.KindCommand)); n != 0 {
			t.Errorf("told although Discord had said that nobody answers: %+v", r.interaction(i))
		}
		if n := len(r.told(r.ana.ID)); n != 1 {
			t.Errorf("%d messages told after it", n)
		}
	})
}

func TestCommandsArePublishedWhenTheyChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, _ := calling(t)
		if n := len(r.server.Commands(r.guild.ID)); n != 4 {
			t.Fatalf("%d commands registered, want 2 with two lines of menus", n)
		}
		for range 3 {
			r.stop()
			r.start()
			pass(time.Minute)
		}
		if n := r.server.Calls("commands put"); n != 1 {
			t.Errorf("registered %d times", n)
		}
		r.adapter.Publish(specs()[:1], complete)
		pass(time.Minute)
		defer r.stop()
		if n := r.server.Calls("commands put"); n != 2 {
			t.Errorf("registered %d times after a change", n)
		}
		r.server.Validate(t, "")
	})
}

// Another community that the account is in too has Palabres of its own: what somebody asks there is not ours to answer.
func TestAnotherCommunitysCommandsAreLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		other := r.server.Guild("Elsewhere")
		room, mona := other.Text("general"), other.Moderator("mona")
		r.publish = func(a *discord.Adapter) { a.Publish(specs(), complete) }
		here := r.options.Guild
		r.options.Guild = other.ID // its commands stand in its menus
		r.start()
		pass(2 * time.Second)
		r.stop()
		r.options.Guild = here
		clear(r.cursors)
		r.start()
		defer func() { r.stop() }()
		pass(2 * time.Second)
		i := r.interaction(must[discordtest.Interaction](t)(mona.Invoke(room, "warn", map[string]any{"member": mona.ID, "reason": "shouting"})))
		if !i.Answered.IsZero() {
			t.Errorf("answered: %+v", i)
		}
	})
}
