package discord_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// TestWhatModeratorsDoInTheirOwnClient: what is done without us becomes known, once, with who did it and why.
func TestWhatModeratorsDoInTheirOwnClient(t *testing.T) {
	for _, sees := range []bool{true, false} {
		t.Run(fmt.Sprintf("audit log %t", sees), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				mona := r.guild.Moderator("mona")
				bob, eve, may := r.guild.Member("bob"), r.guild.Member("eve"), r.guild.Member("may")
				if !sees {
					r.guild.BotMay(discordtest.Moderation &^ discordtest.ViewAuditLog)
				}
				r.start()
				defer r.stop()
				pass(time.Second)
				until := time.Now().Add(time.Hour).Truncate(time.Second)
				for _, err := range []error{
					mona.Kick(r.guild.ID, bob.ID, "rude"), mona.Ban(r.guild.ID, eve.ID, 0, "raid"),
					mona.Timeout(r.guild.ID, r.ana.ID, until, "shouting"), may.Leave(r.guild.ID),
				} {
					if err != nil {
						t.Fatal(err)
					}
				}
				pass(2 * time.Second)
				left := map[string]chat.MemberLeft{}
				for _, ev := range r.kind(chat.KindLeave) {
					left[ev.Actor.ID] = ev.Body.(chat.MemberLeft)
				}
				if len(left) != 2 || len(r.kind(chat.KindLeave)) != 2 {
					t.Errorf("left: %+v", r.kind(chat.KindLeave))
				}
				banned, silenced := r.kind(chat.KindBanned), r.kind(chat.KindSilenced)
				if len(banned) != 1 || banned[0].Actor.ID != eve.ID || banned[0].Actor.Name != "eve" {
					t.Fatalf("banned: %+v", banned)
				}
				if len(silenced) != 1 || silenced[0].Actor.ID != r.ana.ID || !silenced[0].Body.(chat.MemberSilenced).Until.Equal(until) {
					t.Fatalf("silenced: %+v", silenced)
				}
				if sees {
					by := []string{left[bob.ID].By.ID, banned[0].Body.(chat.MemberBanned).By.ID, silenced[0].Body.(chat.MemberSilenced).By.ID}
					if fmt.Sprint(by) != fmt.Sprint([]string{mona.ID, mona.ID, mona.ID}) || left[bob.ID].Reason != "rude" {
						t.Errorf("done by %v; %+v", by, left)
					}
				}
				if !left[may.ID].By.IsZero() {
					t.Errorf("may left by herself: %+v", left[may.ID])
				}
			})
		})
	}
}

func TestOurOwnSanctionsAreOurs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		act := chat.Timeout{Member: chat.MemberRef{Platform: chat.Discord, ID: r.ana.ID}, Until: time.Now().Add(time.Hour), Reason: "café\r\nX-Evil: 1 " + strings.Repeat("é", 600)}
		if _, err := r.do("t1", act); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		got := r.kind(chat.KindSilenced)
		if len(got) != 1 || got[0].Body.(chat.MemberSilenced).By.Kind != chat.Self {
			t.Errorf("told: %+v", got)
		}
		for _, call := range r.server.Requests() {
			if reason := call.Header.Get("X-Audit-Log-Reason"); len(reason) > 512 || strings.ContainsAny(reason, "\r\né ") {
				t.Errorf("reason %q", reason)
			}
		}
		log := r.server.AuditLog(r.guild.ID)
		if reason := log[len(log)-1].Reason; !strings.HasPrefix(reason, "café X-Evil: 1 ééé") {
			t.Errorf("the audit log says %q", reason)
		}
	})
}

func TestALongSilenceIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{Heartbeat: time.Hour})
		bob := r.guild.Member("bob")
		r.start()
		pass(time.Second)
		ref := func(p discordtest.Person) chat.MemberRef { return chat.MemberRef{Platform: chat.Discord, ID: p.ID} }
		for key, act := range map[string]chat.Timeout{"t1": {Member: ref(r.ana)}, "t2": {Member: ref(bob), Until: time.Now().Add(90 * 24 * time.Hour)}} {
			if _, err := r.do(key, act); err != nil {
				t.Fatal(err)
			}
		}
		for day := range 95 {
			pass(24 * time.Hour)
			members, now := r.server.Members(r.guild.ID), time.Now()
			if !members[r.ana.ID].Until.After(now) {
				t.Fatalf("the silence for ever has ended on day %d", day)
			}
			if day < 88 && !members[bob.ID].Until.After(now) {
				t.Fatalf("the silence of 90 days has ended on day %d", day)
			}
			if day == 40 { // the process is killed and comes back
				r.stop()
				r.start()
			}
		}
		defer r.stop()
		if until := r.server.Members(r.guild.ID)[bob.ID].Until; until.After(time.Now()) {
			t.Errorf("the silence of 90 days lasts until %v", until)
		}
		if _, err := r.do("l1", chat.LiftTimeout{Member: ref(r.ana)}); err != nil {
			t.Fatal(err)
		}
		pass(60 * 24 * time.Hour)
		if until := r.server.Members(r.guild.ID)[r.ana.ID].Until; until.After(time.Now()) {
			t.Error("a lifted silence was renewed")
		}
	})
}

func TestWhoCannotBeSanctioned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		chief := r.guild.Member("chief")
		admin := r.guild.Role("Admins", discordtest.Administrator)
		r.guild.Give(chief, admin)
		noble := r.guild.Member("noble")
		high := r.guild.Role("Nobles", 0)
		r.guild.Give(noble, high)
		r.guild.Place(high, 50)
		r.start()
		defer r.stop()
		pass(time.Second)
		r.server.ClearRequests()
		for name, id := range map[string]string{"owner": r.guild.Owner.ID, "ourselves": r.server.Bot(), "administrator": chief.ID, "higher role": noble.ID} {
			member := chat.MemberRef{Platform: chat.Discord, ID: id}
			if _, err := r.adapter.Do(t.Context(), "t1", chat.Timeout{Member: member, Until: time.Now().Add(time.Hour)}); !errors.Is(err, chat.ErrForbidden) {
				t.Errorf("timeout of %s: %v", name, err)
			}
		}
		for name, id := range map[string]string{"owner": r.guild.Owner.ID, "ourselves": r.server.Bot(), "higher role": noble.ID} {
			member := chat.MemberRef{Platform: chat.Discord, ID: id}
			for _, act := range []chat.Action{chat.Ban{Member: member}, chat.Kick{Member: member, Decided: time.Now()}} {
				if _, err := r.adapter.Do(t.Context(), "b1", act); !errors.Is(err, chat.ErrForbidden) {
					t.Errorf("%s of %s: %v", act.ActionKind(), name, err)
				}
			}
		}
		if n := r.server.Calls(""); n != 0 {
			t.Errorf("%d calls were made", n)
		}
	})
}

func TestScreening(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.guild.Screening(true)
		r.start()
		defer r.stop()
		pass(time.Second)
		bob := r.server.Person("bob")
		if err := bob.Join(r.guild.ID); err != nil {
			t.Fatal(err)
		}
		pass(time.Hour)
		if n := len(r.kind(chat.KindJoin)); n != 0 {
			t.Fatalf("%d joins before the screening was passed", n)
		}
		if err := bob.Accept(r.guild.ID); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		got := r.kind(chat.KindJoin)
		if len(got) != 1 || time.Since(got[0].At) > time.Minute {
			t.Errorf("joins: %+v", got)
		}
	})
}

func TestAutoModAndBulk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		for _, action := range []int{1, 3} { // blocked, and silenced for it: one matter
			if err := r.ana.TripAutoMod(r.room, discordtest.Execution{Rule: "100000000000000123", Name: "words", Action: action, Keyword: "badword", Text: "a badword"}); err != nil {
				t.Fatal(err)
			}
		}
		pass(time.Second)
		got := r.kind(chat.KindBlocked)
		if len(got) != 1 || got[0].Actor.ID != r.ana.ID {
			t.Fatalf("blocked: %+v", got)
		}
		if body := got[0].Body.(chat.MessageBlocked); body.Matched != "badword" || body.Content.Text != "a badword" || body.Rule != "100000000000000123" {
			t.Errorf("blocked: %+v", body)
		}
		for i := range 5 {
			r.say(fmt.Sprint(i))
		}
		if err := r.guild.Owner.Ban(r.guild.ID, r.ana.ID, 3600, "raid"); err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		deleted := r.kind(chat.KindDeleted)
		if len(deleted) != 5 || deleted[0].Body.(chat.MessageDeleted).Author.ID != r.ana.ID {
			t.Errorf("deleted: %+v", deleted)
		}
	})
}

func TestForumsAndThreads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		forum := r.guild.Forum("debates")
		r.options.Rooms[0].ID = forum
		r.start()
		defer r.stop()
		pass(time.Second)
		act := chat.StartThread{Room: chat.RoomRef{Platform: chat.Discord, ID: forum}, Title: "What is **new**?", Text: chat.Text{{Text: "Tell us."}}}
		r.server.Fail(discordtest.Fault{Path: "/channels/" + forum + "/threads", Commit: true})
		receipt, err := r.do("f1", act)
		if err != nil || receipt.Thread.Thread == "" || receipt.Thread.ID != forum {
			t.Fatalf("receipt %+v, %v", receipt, err)
		}
		if ids, _ := r.server.Threads(forum); len(ids) != 1 {
			t.Errorf("%d posts", len(ids))
		}
		post, err := r.ana.ForumPost(forum, "Mine", "hear me")
		if err != nil {
			t.Fatal(err)
		}
		pass(time.Second)
		opened := r.kind(chat.KindThread)
		if len(opened) != 2 || opened[1].Body.(chat.ThreadOpened).Thread != (chat.RoomRef{Platform: chat.Discord, ID: forum, Thread: post}) || opened[1].Actor.ID != r.ana.ID {
			t.Errorf("opened: %+v", opened)
		}
		if got := r.told(r.ana.ID); fmt.Sprint(got) != "[hear me]" {
			t.Errorf("told %q", got)
		}
	})
}

func TestLongTextsBecomeSeveralMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		text := chat.Text{{Text: strings.Repeat("a line of words\n", 200)}, {Kind: chat.Quote, Text: strings.Repeat("é😀", 400)}}
		for range 2 {
			if _, err := r.do("long1", chat.Send{Room: r.ref(), Text: text}); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(r.server.Messages(r.room)); n != 3 {
			t.Errorf("%d messages", n)
		}
	})
}

func TestDeletionsGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		var ids []string
		for i := range 12 {
			id, err := r.ana.Say(r.room, fmt.Sprint(i))
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		old, err := r.ana.Post(r.room, discordtest.Draft{Text: "long ago", At: time.Now().Add(-20 * 24 * time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, old, ids[0]) // the same one twice
		var wg sync.WaitGroup
		for i, id := range ids {
			wg.Go(func() {
				act := chat.Delete{Message: chat.MessageRef{Room: r.ref(), ID: id}, Reason: "flood"}
				if _, err := r.do(fmt.Sprint("d", i), act); err != nil && !errors.Is(err, chat.ErrGone) {
					t.Errorf("delete %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got := r.server.Texts(r.room); len(got) != 0 {
			t.Errorf("still shown: %q", got)
		}
		if bulk, single := r.server.Calls("bulk delete"), r.server.Calls("delete"); bulk != 1 || single != 1 {
			t.Errorf("%d calls for many, %d for one", bulk, single)
		}
		pass(time.Second)
		for _, ev := range r.kind(chat.KindDeleted) {
			if ev.Actor.Kind != chat.Self || ev.Body.(chat.MessageDeleted).Author.ID != r.ana.ID {
				t.Errorf("told: %+v", ev)
			}
		}
	})
}

func TestPinsAndReactions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		id, err := r.ana.Say(r.room, "remember this")
		if err != nil {
			t.Fatal(err)
		}
		ref := chat.MessageRef{Room: r.ref(), ID: id}
		for range 2 {
			for key, act := range map[string]chat.Action{"p1": chat.Pin{Message: ref}, "r1": chat.React{Message: ref, Emoji: "👍"}} {
				if _, err := r.do(key, act); err != nil {
					t.Errorf("%s: %v", act.ActionKind(), err)
				}
			}
		}
		m, _ := r.server.Message(r.room, id)
		if !m.Pinned || len(m.Reactions["👍"]) != 1 {
			t.Errorf("shown: %+v", m)
		}
		found, ok := r.adapter.Find(r.ref(), "<@"+r.ana.ID+">")
		if byName, named := r.adapter.Find(r.ref(), "@Ana"); !ok || !named || found.ID != r.ana.ID || byName.ID != r.ana.ID {
			t.Errorf("found %+v and %+v", found, byName)
		}
		r.server.Validate(t, "")
	})
}

// Whoever was banned a moment ago, or left after what they did, is still called by name; a member of that name comes first,
// and two who are gone cannot be told apart.
func TestWhoIsGoneIsStillCalledByName(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		mona, bob := r.guild.Moderator("mona"), r.guild.Member("bob")
		r.start()
		defer r.stop()
		pass(time.Second)
		called := func() string {
			pass(2 * time.Second)
			found, _ := r.adapter.Find(r.ref(), "@Bob")
			return found.ID
		}
		leaves := func(p discordtest.Person) {
			if err := p.Leave(r.guild.ID); err != nil {
				t.Fatal(err)
			}
		}
		if err := mona.Ban(r.guild.ID, bob.ID, 0, "spam"); err != nil {
			t.Fatal(err)
		}
		if got := called(); got != bob.ID {
			t.Errorf("after the ban: %q, want %q", got, bob.ID)
		}
		other := r.guild.Member("other")
		if err := other.Rename(r.guild.ID, "bob"); err != nil {
			t.Fatal(err)
		}
		if got := called(); got != other.ID {
			t.Errorf("beside a member: %q, want %q", got, other.ID)
		}
		leaves(other)
		if got := called(); got != "" {
			t.Errorf("of two who are gone: %q", got)
		}
		if err := other.Join(r.guild.ID); err != nil {
			t.Fatal(err)
		}
		if got := called(); got != bob.ID {
			t.Errorf("once the other one is back without that name: %q, want %q", got, bob.ID)
		}
	})
}
