package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/rules"
)

func runExplain(_ context.Context, env Env, args []string) error {
	set := flags("explain")
	path := set.String("config", "", "the community's file; without it the example")
	room := set.String("in", "", "the room; default: the first one")
	age := set.String("account-age", "730d", "how old the author's account is")
	member := set.String("membership-age", "365d", "how long the author has been a member")
	standing := set.String("standing", "member", "member, trusted, moderator or admin")
	words, err := parse(set, args, 1, 10000)
	if err != nil {
		return err
	}
	cfg, err := loadOrExample(env, *path)
	if err != nil {
		return err
	}
	author, err := author(*age, *member, *standing)
	if err != nil {
		return errInput{fmt.Errorf("palabre explain: %w", err)}
	}
	if *room == "" {
		*room = cfg.RoomNames()[0]
	}
	explain(env, cfg.Rules, said(author, *room, strings.Join(words, " ")))
	return nil
}

// explainedAt is when the explained message is said; nothing depends on it but ages.
var explainedAt = time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)

func author(age, member, standing string) (chat.Actor, error) {
	created, err := ago(age)
	if err != nil {
		return chat.Actor{}, err
	}
	joined, err := ago(member)
	if err != nil {
		return chat.Actor{}, err
	}
	stands, ok := chat.ParseStanding(standing)
	if !ok {
		return chat.Actor{}, fmt.Errorf("there is no standing %q", standing)
	}
	ref := chat.MemberRef{Platform: chat.Console, ID: "somebody"}
	return chat.Actor{MemberRef: ref, Person: chat.PersonOf(ref), Name: "somebody", Standing: stands, Created: created, Joined: joined}, nil
}

func ago(text string) (time.Time, error) {
	d, err := human.Parse(text)
	return explainedAt.Add(-d), err
}

func said(author chat.Actor, room, text string) *chat.Event {
	ref := chat.RoomRef{Platform: chat.Console, ID: room}
	return &chat.Event{
		ID: "console:explain", At: explainedAt, Room: ref, Logical: room, Actor: author,
		Body: chat.MessageSent{Message: chat.MessageRef{Room: ref, ID: "1"}, Content: chat.Content{Text: text}},
	}
}

// explain prints every rule with what each of its conditions measured.
func explain(env Env, rs *rules.Ruleset, ev *chat.Event) {
	past := rules.NewHistory([16]byte{})
	reading := rs.Read(ev, past)
	defer reading.Release()
	past.Fold(reading.Fact)
	for _, t := range rs.Explain(reading, past) {
		fmt.Fprintf(env.Out, "%s (%s): %s\n", t.Rule, t.Mode, t.Verdict)
		for _, line := range t.Lines {
			fmt.Fprintf(env.Out, "  %s%s %s%s%s\n", strings.Repeat("  ", line.Depth), mark(line.Holds), line.Condition, after(": ", line.Value), after(" in ", line.Excerpt))
		}
	}
}

func mark(holds bool) string {
	if holds {
		return "✓"
	}
	return "✗"
}

func after(sep, text string) string {
	if text == "" {
		return ""
	}
	return sep + text
}
