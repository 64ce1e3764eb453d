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

// waits tells whether no call was made and the order is to be tried later, with the reason in words.
func waits(err error) bool {
	var retry *chat.RetryError
	var explained *chat.Explained
	return errors.As(err, &retry) && retry.Limited && !errors.Is(err, chat.ErrForbidden) && errors.As(err, &explained)
}

// A permission that is lacking is asked for five times; then orders wait, and go on when it is given.
func TestRefusalsAreNotRepeatedForEver(t *testing.T) {
	all := discordtest.Moderation
	for _, c := range []struct {
		name, kind string
		act        func(r *running, i int) chat.Action
		take, give func(*running)
	}{
		{"in a channel", "send", func(r *running, _ int) chat.Action { return hello(r) },
			func(r *running) { r.guild.Overwrite(r.room, r.server.Bot(), true, 0, discordtest.SendMessages) },
			func(r *running) { r.guild.Overwrite(r.room, r.server.Bot(), true, discordtest.SendMessages, 0) }},
		{"in the guild", "timeout", func(r *running, i int) chat.Action {
			return chat.Timeout{Member: chat.MemberRef{Platform: chat.Discord, ID: r.guild.Member(fmt.Sprint("m", i)).ID}, Until: time.Now().Add(time.Hour)}
		}, func(r *running) { r.guild.BotMay(all &^ discordtest.ModerateMembers) }, func(r *running) { r.guild.BotMay(all) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				r.guild.BotMay(all)
				r.start()
				defer r.stop()
				pass(time.Second)
				c.take(r)
				pass(time.Second)
				for i := range 30 {
					_, err := r.adapter.Do(t.Context(), fmt.Sprint("a", i), c.act(r, i))
					if i < 5 && !errors.Is(err, chat.ErrForbidden) || i >= 5 && !waits(err) {
						t.Fatalf("Do %d: %v", i, err)
					}
					pass(time.Second)
				}
				if n := r.server.Calls(c.kind); n != 5 {
					t.Errorf("%d calls", n)
				}
				c.give(r)
				pass(time.Second)
				if _, err := r.adapter.Do(t.Context(), "b1", c.act(r, 99)); err != nil {
					t.Errorf("once permitted again: %v", err)
				}
			})
		})
	}
}

// Members whom Discord protects are their own matter: however often they were refused, others are silenced at once, and
// what changes about others (a name) does not make theirs be tried again.
func TestARefusalConcernsNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.guild.BotMay(discordtest.Moderation)
		spammer := r.guild.Member("spammer")
		r.start()
		defer r.stop()
		pass(time.Second)
		timeout := func(p discordtest.Person) chat.Action {
			return chat.Timeout{Member: chat.MemberRef{Platform: chat.Discord, ID: p.ID}, Until: time.Now().Add(time.Hour)}
		}
		for i := range 8 {
			protected := r.guild.Member(fmt.Sprint("protected", i))
			r.server.Fail(discordtest.Fault{Kind: "timeout", Path: protected.ID, Status: 403, Code: 50013, Times: -1})
			if _, err := r.adapter.Do(t.Context(), fmt.Sprint("a", i), timeout(protected)); !errors.Is(err, chat.ErrForbidden) {
				t.Fatalf("protected: %v", err)
			}
		}
		if _, err := r.adapter.Do(t.Context(), "s1", timeout(spammer)); err != nil {
			t.Errorf("a bystander pays: %v", err)
		}
		r.server.Fail(discordtest.Fault{Kind: "timeout", Path: r.ana.ID, Status: 403, Code: 50013, Times: -1})
		r.server.ClearRequests()
		for i := range 12 {
			_, _ = r.adapter.Do(t.Context(), fmt.Sprint("r", i), timeout(r.ana)) // refused, or no longer tried
			if err := spammer.Rename(r.guild.ID, fmt.Sprint("name", i)); err != nil {
				t.Fatal(err)
			}
			if err := r.ana.Rename(r.guild.ID, fmt.Sprint("name", i)); err != nil {
				t.Fatal(err)
			}
			pass(time.Second)
		}
		if n := r.server.Calls("timeout"); n != 5 {
			t.Errorf("%d calls for one who is protected", n)
		}
		r.server.Heal()
		r.guild.Give(r.ana, r.guild.Role("other", 0))
		pass(time.Second)
		if _, err := r.adapter.Do(t.Context(), "r99", timeout(r.ana)); err != nil {
			t.Errorf("after their roles changed: %v", err)
		}
	})
}
