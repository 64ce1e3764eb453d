package discord_test

import (
	"fmt"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord"
	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// A lock takes the word from whoever has it by a role of their own, and unlocking gives back exactly what was there,
// also after a crash half-way and by another process. What a moderator changed meanwhile stays.
func TestUnlockingGivesBackWhatWasThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		verified := r.guild.Role("Verified", 0)
		muted := r.guild.Role("Muted", 0)
		r.guild.Give(r.ana, verified)
		r.guild.Moderator("mona")
		r.guild.Overwrite(r.room, verified, false, discordtest.SendMessages|discordtest.AttachFiles, discordtest.EmbedLinks)
		r.guild.Overwrite(r.room, muted, false, 0, discordtest.SendMessages)
		before := r.server.Overwrites(r.room)
		r.start()
		pass(time.Second)
		r.server.Fail(discordtest.Fault{Kind: "overwrite", Skip: 2})
		if _, err := r.do("l1", chat.Lock{Room: r.ref()}); err != nil {
			t.Fatal(err)
		}
		if _, err := r.ana.Say(r.room, "I may not"); err == nil {
			t.Error("she spoke in a locked room")
		}
		r.stop()
		r.start()
		defer r.stop()
		pass(time.Second)
		r.guild.Overwrite(r.room, muted, false, 0, discordtest.SendMessages|discordtest.AddReactions)
		if _, err := r.do("l2", chat.Unlock{Room: r.ref()}); err != nil {
			t.Fatal(err)
		}
		before[muted] = [2]uint64{0, discordtest.SendMessages | discordtest.AddReactions}
		if after := r.server.Overwrites(r.room); !maps.Equal(before, after) {
			t.Errorf("before %v\nafter  %v", before, after)
		}
		if _, err := r.ana.Say(r.room, "I may again"); err != nil {
			t.Error(err)
		}
	})
}

// At a start the end of a lock may be due before anything else has begun. It is not taken for a lock that is gone already.
func TestAnUnlockThatIsDueAtTheStart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		before := r.server.Overwrites(r.room)
		r.start()
		pass(time.Second)
		if _, err := r.do("l1", chat.Lock{Room: r.ref()}); err != nil {
			t.Fatal(err)
		}
		r.stop()
		ended := make(chan error, 1)
		r.publish = func(a *discord.Adapter) { // before Run
			go func() {
				_, err := a.Do(t.Context(), "l2", chat.Unlock{Room: r.ref()})
				ended <- err
			}()
			pass(time.Second)
		}
		r.start()
		defer r.stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if after := r.server.Overwrites(r.room); !maps.Equal(before, after) {
			t.Errorf("before %v\nafter  %v", before, after)
		}
	})
}

// A raid's bans are few calls, each member's case named in the reason; who is refused does not spare the others.
func TestBansOfOneMomentGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.guild.BotMay(discordtest.Moderation | discordtest.ManageGuild)
		var raiders []discordtest.Person
		for i := range 8 {
			raiders = append(raiders, r.guild.Member(fmt.Sprintf("raider%d", i)))
		}
		r.start()
		defer r.stop()
		pass(time.Second)
		done := make(chan error, len(raiders))
		for i, p := range raiders {
			go func() {
				act := chat.Ban{Member: chat.MemberRef{Platform: chat.Discord, ID: p.ID}, Reason: fmt.Sprintf("raid (#%d)", i)}
				_, err := r.adapter.Do(t.Context(), fmt.Sprintf("b%d", i), act)
				done <- err
			}()
		}
		for range raiders {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if bans := r.server.Bans(r.guild.ID); len(bans) != len(raiders) {
			t.Errorf("%d of %d are banned", len(bans), len(raiders))
		}
		if one, many := r.server.Calls("ban"), r.server.Calls("bulk ban"); one != 0 || many != 1 {
			t.Errorf("%d calls for one and %d for many", one, many)
		}
	})
}

// A post gets the tags that the forum has, by their names.
func TestAPostHasItsTags(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		forum := r.guild.Forum("debates")
		tag := r.guild.Tag(forum, "question")
		r.start()
		defer r.stop()
		pass(time.Second)
		receipt, err := r.do("t1", chat.StartThread{
			Room: chat.RoomRef{Platform: chat.Discord, ID: forum}, Title: "Why?", Text: chat.Text{{Text: "Tell us."}}, Tags: []string{"question", "nothing"},
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := r.server.Applied(receipt.Thread.Thread); len(got) != 1 || got[0] != tag {
			t.Errorf("tags %v, want %s", got, tag)
		}
	})
}
