package bot

import (
	"log/slog"
	"testing"
	"time"

	"palabre/catalogue"
	"palabre/chat"

	"github.com/google/go-cmp/cmp"
)

// What a question proposes is carried out as it was shown, whatever kind of act it is: words are those that were read.
func TestProposalsKeepWhatTheySay(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	l := &lane{catalogue: sentences, plan: &Plan{Voice: catalogue.Voice{Language: "en"}}, log: slog.New(slog.DiscardHandler)}
	room, bob := chat.RoomRef{Platform: chat.Console, ID: "general"}, chat.MemberRef{Platform: chat.Console, ID: "bob"}
	words := chat.Phrase{Words: chat.Words{"en": "Calm down."}}
	said := chat.Text{{Text: "Calm down."}}
	acts := []chat.Action{
		chat.Delete{Message: chat.MessageRef{Room: room, ID: "1"}, Author: bob},
		chat.Strike{Member: bob, Points: 2, Rule: "flood"},
		chat.Send{Room: room, ReplyTo: "1", Say: words, As: "warn"},
		chat.StartThread{Room: room, TitleSay: words, Say: words},
		chat.GiveRole{Member: bob, Role: "quiet", Until: noon},
		chat.Slowmode{Room: room, Every: time.Minute},
		chat.RaidMode{On: true, Until: noon, Why: words},
		chat.Timeout{Member: bob, Until: noon},
	}
	want := append([]chat.Action(nil), acts...)
	want[2] = chat.Send{Room: room, ReplyTo: "1", Text: said, As: "warn"}
	want[3] = chat.StartThread{Room: room, Title: "Calm down.", Text: said}
	want[6] = chat.RaidMode{On: true, Until: noon, Why: chat.Say("commands.reason", chat.Args{"reason": "Calm down."})}
	if diff := cmp.Diff(want, l.acts(l.propose(acts))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
