package discord_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/catalogue"
	"palabre/chat"
)

// What Discord refuses is told in words that name what to click, in the place where it helps.
func TestRefusalsSayWhatToClick(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	all := discordtest.Moderation | discordtest.ManageChannels | discordtest.ManageNicknames
	for _, c := range []struct {
		name string
		may  uint64
		act  func(*running) chat.Action
		set  func(*running)
		want string
	}{
		{"a permission of the whole server", all &^ discordtest.ModerateMembers, timeoutOfAna, nil,
			"I may not silence members. Server Settings, Roles, “Palabre”, Permissions: turn on Timeout Members"},
		{"a permission that the channel takes away", all, deleteOfAna, func(r *running) {
			r.guild.Overwrite(r.room, r.guild.BotRole(), false, 0, discordtest.ManageMessages)
		}, "I may not remove messages in “#general”. Edit Channel, Permissions, Advanced Permissions, add “Palabre”: allow Manage Messages"},
		{"a channel that we cannot see", all, deleteOfAna, func(r *running) {
			r.guild.Overwrite(r.room, r.guild.BotRole(), false, 0, discordtest.ViewChannel)
		}, "I may not see the room in “#general”. Edit Channel, Permissions, Advanced Permissions, add “Palabre”: allow View Channel"},
		{"what only some rules take", all &^ discordtest.ManageChannels,
			func(r *running) chat.Action { return chat.Slowmode{Room: r.ref(), Every: time.Minute} }, nil,
			"I may not change channels. Server Settings, Roles, “Palabre”, Permissions: turn on Manage Channels"},
		{"a role of moderators", all, func(r *running) chat.Action { return chat.GiveRole{Member: r.member(), Role: "Moderators"} },
			func(r *running) { r.guild.Moderator("mona") }, "the role “Moderators” makes a moderator: people give it, not I"},
		{"a role that is not there", all, func(r *running) chat.Action { return chat.TakeRole{Member: r.member(), Role: "helper"} }, nil,
			"there is no role “helper”. Server Settings, Roles: look at its name; capitals count"},
		{"the owner", all, func(r *running) chat.Action {
			return chat.Ban{Member: chat.MemberRef{Platform: chat.Discord, ID: r.guild.Owner.ID}}
		}, nil, "Discord lets nobody act against the server’s owner"},
		{"somebody who stands higher", all, timeoutOfAna, func(r *running) {
			high := r.guild.Role("Nobles", 0)
			r.guild.Place(high, 50)
			r.guild.Give(r.ana, high)
		}, "they stand as high as I do. Server Settings, Roles: drag “Palabre” above their highest role"},
		{"closed private messages", all, func(r *running) chat.Action { return chat.Direct{Member: r.member(), Text: chat.Text{{Text: "x"}}} },
			func(r *running) { r.ana.CloseMessages() }, "they take no private messages"},
		{"a forum", all, func(r *running) chat.Action {
			forum := chat.RoomRef{Platform: chat.Discord, ID: r.guild.Forum("ideas")}
			return chat.Send{Room: forum, Text: chat.Text{{Text: "x"}}}
		}, nil, "a forum takes no messages, only posts: name a text channel in its place"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				r.guild.BotMay(c.may)
				if c.set != nil {
					c.set(r)
				}
				act := c.act(r)
				r.start()
				defer r.stop()
				pass(time.Second)
				_, err := r.do("f1", act)
				var explained *chat.Explained
				if !errors.As(err, &explained) {
					t.Fatalf("no sentence in %v", err)
				}
				if got := sentences.Plain(catalogue.Voice{}, explained.Say, catalogue.Resolver{}); got != c.want {
					t.Errorf("told: %s\nwant: %s", got, c.want)
				}
			})
		})
	}
}

func (r *running) member() chat.MemberRef {
	return chat.MemberRef{Platform: chat.Discord, ID: r.ana.ID}
}

func timeoutOfAna(r *running) chat.Action {
	return chat.Timeout{Member: r.member(), Until: time.Now().Add(time.Hour)}
}

// deleteOfAna deletes a message that is too old to be deleted together with others.
func deleteOfAna(r *running) chat.Action {
	id, err := r.ana.Post(r.room, discordtest.Draft{Text: "spam", At: time.Now().Add(-20 * 24 * time.Hour)})
	if err != nil {
		r.t.Fatal(err)
	}
	return chat.Delete{Message: chat.MessageRef{Room: r.ref(), ID: id}, Author: r.member()}
}
