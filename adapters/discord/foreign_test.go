package discord_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// foreign are bodies that Discord's documentation gives to no call, whatever their status says.
var foreign = []string{" ", "null", "<html>welcome</html>", "[", `{"status":"ok"}`, `{"id":`, `"done"`}

// TestAForeignAnswerIsNone: a success whose body is not the documented one (a portal, a proxy that answers for Discord)
// settles nothing: the order is tried again, and then it is done.
func TestAForeignAnswerIsNone(t *testing.T) {
	for _, c := range []struct {
		kind string
		act  func(r *running, ana chat.MemberRef, said chat.MessageRef) chat.Action
	}{
		{"delete", func(_ *running, _ chat.MemberRef, said chat.MessageRef) chat.Action {
			return chat.Delete{Message: said}
		}},
		{"ban", func(_ *running, ana chat.MemberRef, _ chat.MessageRef) chat.Action { return chat.Ban{Member: ana} }},
		{"kick", func(_ *running, ana chat.MemberRef, _ chat.MessageRef) chat.Action {
			return chat.Kick{Member: ana, Decided: time.Now()}
		}},
		{"timeout", func(_ *running, ana chat.MemberRef, _ chat.MessageRef) chat.Action {
			return chat.Timeout{Member: ana, Until: time.Now().Add(time.Hour)}
		}},
		{"react", func(_ *running, _ chat.MemberRef, said chat.MessageRef) chat.Action {
			return chat.React{Message: said, Emoji: "👀"}
		}},
		{"pin", func(_ *running, _ chat.MemberRef, said chat.MessageRef) chat.Action { return chat.Pin{Message: said} }},
		{"channel edit", func(r *running, _ chat.MemberRef, _ chat.MessageRef) chat.Action {
			return chat.Slowmode{Room: r.ref(), Every: 10 * time.Second}
		}},
		{"send", func(r *running, _ chat.MemberRef, _ chat.MessageRef) chat.Action { return hello(r) }},
	} {
		for _, body := range foreign {
			t.Run(c.kind+" "+body, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := virtual(t, discordtest.Options{})
					r.guild.BotMay(discordtest.Moderation | discordtest.ManageChannels)
					r.start()
					defer r.stop()
					pass(time.Second)
					id, err := r.ana.Say(r.room, "hello")
					if err != nil {
						t.Fatal(err)
					}
					act := c.act(r, chat.MemberRef{Platform: chat.Discord, ID: r.ana.ID}, chat.MessageRef{Room: r.ref(), ID: id})
					r.server.Fail(discordtest.Fault{Kind: c.kind, Status: 200, Body: body})
					_, err = r.adapter.Do(t.Context(), "k1", act)
					var retry *chat.RetryError
					if !errors.As(err, &retry) || retry.Limited {
						t.Fatalf("settled by %q: %v", body, err)
					}
					if _, err := r.do("k1", act); err != nil && !errors.Is(err, chat.ErrGone) {
						t.Errorf("tried again: %v", err)
					}
					if n := r.server.Calls(c.kind); n != 2 {
						t.Errorf("%d calls, want a second one", n)
					}
				})
			})
		}
	}
}

// TestNothingWhereSomethingIsOwed: 204 is no answer to a call that is answered by what it made.
func TestNothingWhereSomethingIsOwed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		r.server.Fail(discordtest.Fault{Kind: "send", Status: 204})
		_, err := r.adapter.Do(t.Context(), "k1", hello(r))
		var retry *chat.RetryError
		if !errors.As(err, &retry) {
			t.Fatalf("a message without an id: %v", err)
		}
		receipt, err := r.do("k1", hello(r))
		if err != nil || receipt.Message.ID == "" {
			t.Errorf("tried again: %s, %v", fmt.Sprint(receipt), err)
		}
	})
}
