package cli

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"palabre/chat"
	"palabre/config"
	"palabre/internal/human"
	"palabre/internal/yamlsrc"
	"palabre/rules"
)

func runExplain(ctx context.Context, env Env, args []string) error {
	set := flags("explain")
	path := set.String("config", "", "the community's file; without it palabre.yaml, and where there is none the example")
	room := set.String("in", "", "the room; default: the first one")
	age := set.String("account-age", "730d", "how old the author's account is")
	member := set.String("membership-age", "365d", "how long the author has been a member")
	standing := set.String("standing", "member", "member, trusted, moderator or admin")
	event := set.String("event", "", "an event of the memory, a message's id, or a case as #12, in place of a text")
	words, err := parse(set, args, 0, 10000)
	switch {
	case err != nil:
		return err
	case *event != "" && len(words) == 0:
		return explainEvent(ctx, env, cmp.Or(*path, defaultConfig), *event)
	case *event != "" || len(words) == 0:
		return errInput{errors.New("palabre explain: one thing is explained, a text or an -event; hint: `palabre explain -h`")}
	case late(set, words) != "":
		return errInput{fmt.Errorf("palabre explain: %s stands behind the text\nhint: write it before, else it would be explained too", late(set, words))}
	}
	cfg, err := loadOrExample(env, *path)
	if err != nil {
		return err
	}
	author, err := author(*age, *member, *standing)
	if err != nil {
		return errInput{fmt.Errorf("palabre explain: %w", err)}
	}
	if *room, err = roomOf(cfg, *room); err != nil {
		return errInput{err}
	}
	explain(env, cfg.Rules, said(author, *room, strings.Join(words, " ")))
	return nil
}

// late is a flag that stands behind the first word, where flags are no longer read; empty when there is none.
func late(set *flag.FlagSet, words []string) string {
	for _, word := range words[min(1, len(words)):] {
		name, _, _ := strings.Cut(strings.TrimLeft(word, "-"), "=")
		if strings.HasPrefix(word, "-") && set.Lookup(name) != nil {
			return word
		}
	}
	return ""
}

// roomOf is the room that was named, with or without its #, or the first one.
func roomOf(cfg *config.Config, name string) (string, error) {
	rooms := cfg.RoomNames()
	switch name = strings.TrimPrefix(name, "#"); {
	case name == "":
		return rooms[0], nil
	case slices.Contains(rooms, name):
		return name, nil
	default:
		return "", fmt.Errorf("palabre explain: there is no room %q\nhint: %s", name, yamlsrc.DidYouMean(name, rooms))
	}
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
		return chat.Actor{}, fmt.Errorf("there is no standing %q\nhint: known here: member, trusted, moderator, admin", standing)
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
	measure(env, rs, rules.NewHistory([16]byte{}), ev)
}

// measure prints what every rule thinks of an event that comes after a past.
func measure(env Env, rs *rules.Ruleset, past *rules.History, ev *chat.Event) {
	reading := rs.Read(ev, past)
	defer reading.Release()
	past.Fold(reading.Fact)
	text := textOf(ev)
	for _, t := range rs.Explain(reading, past) {
		fmt.Fprintf(env.Out, "%s (%s): %s\n", t.Rule, t.Mode, t.Verdict)
		for _, line := range t.Lines {
			fmt.Fprintf(env.Out, "  %s%s %s%s%s%s\n", strings.Repeat("  ", line.Depth), mark(line.Holds), line.Condition,
				after(": ", line.Value), after(" in ", oneLine(line.Excerpt)), span(text, line.Excerpt))
		}
	}
}

// oneLine is a text without its line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// textOf is what a message says; empty for other events.
func textOf(ev *chat.Event) string {
	switch b := ev.Body.(type) {
	case chat.MessageSent:
		return b.Content.Text
	case chat.MessageEdited:
		return b.Content.Text
	}
	return ""
}

// span tells where in the text an excerpt stands, counting characters from 1; empty when it was cut or stands elsewhere.
func span(text, excerpt string) string {
	before, _, found := strings.Cut(text, excerpt)
	if !found || excerpt == "" {
		return ""
	}
	from := utf8.RuneCountInString(before) + 1
	return fmt.Sprintf(" (%d–%d)", from, from+utf8.RuneCountInString(excerpt)-1)
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
