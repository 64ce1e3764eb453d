package commands_test

import (
	"testing"
	"time"

	"palabre/catalogue"
	"palabre/chat"
	"palabre/commands"

	"github.com/google/go-cmp/cmp"
)

var member = chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "42"}, Name: "bob"}

// findMember knows bob, by his name and his id.
func findMember(text string) (chat.Actor, bool) {
	return member, text == "bob" || text == "@bob" || text == "42"
}

func read(t *testing.T, body chat.CommandInvoked) (commands.Invocation, string) {
	t.Helper()
	c, ok := commands.Find(body.Name)
	if !ok {
		t.Fatalf("no command %q", body.Name)
	}
	inv, problem := c.Parse(chat.Event{Body: body}, findMember)
	inv.Event = chat.Event{}
	if problem == nil {
		return inv, ""
	}
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	return inv, sentences.Plain(catalogue.Voice{}, problem.Say, catalogue.Resolver{})
}

// The same call, typed, chosen from a menu, or called by its French name, is the same invocation.
func TestTypedAndChosenAreTheSame(t *testing.T) {
	for _, tc := range []struct {
		name, typed string
		options     map[string]string
		want        commands.Invocation
	}{
		{"timeout", "@bob 1h30m shouting in general", map[string]string{"member": "42", "duration": "1h30m", "reason": "shouting in general"},
			commands.Invocation{Member: member, For: 90 * time.Minute, Text: "shouting in general"}},
		{"silence", "@bob 2j", map[string]string{"member": "42", "duration": "2j"}, commands.Invocation{Member: member, For: 48 * time.Hour}},
		{"silence", "@bob 3 jours trop de bruit", map[string]string{"member": "42", "duration": "3 jours", "reason": "trop de bruit"},
			commands.Invocation{Member: member, For: 72 * time.Hour, Text: "trop de bruit"}},
		{"timeout", "@bob 1h 30m 2 times", map[string]string{"member": "42", "duration": "1h30m", "reason": "2 times"},
			commands.Invocation{Member: member, For: 90 * time.Minute, Text: "2 times"}},
		{"ban", "bob no way", map[string]string{"member": "42", "reason": "no way"}, commands.Invocation{Member: member, Text: "no way"}},
		{"why", "", map[string]string{}, commands.Invocation{}},
		{"why", "#12", map[string]string{"case": "#12"}, commands.Invocation{Case: 12}},
		{"why", "@bob", map[string]string{"member": "42", "message": "99"}, commands.Invocation{Member: member}},
		{"undo", "12 not  meant", map[string]string{"case": "12", "reason": "not  meant"}, commands.Invocation{Case: 12, Text: "not  meant"}},
		{"help", "warn", map[string]string{"command": "warn"}, commands.Invocation{Word: "warn"}},
	} {
		for how, body := range map[string]chat.CommandInvoked{
			"typed":  {Name: tc.name, Args: tc.typed},
			"chosen": {Name: tc.name, Options: tc.options},
		} {
			got, problem := read(t, body)
			if problem != "" {
				t.Errorf("%s %s: %s", tc.name, how, problem)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("%s %s: want - got +\n%s", tc.name, how, diff)
			}
		}
	}
}

// Not every keyboard has accents, and telephones begin sentences with capitals.
func TestCommandsAreFoundWithoutAccents(t *testing.T) {
	for typed, want := range map[string]string{"regles": "rules", "Règle": "rule", "retrograder": "demote", "prive": "private", "PRIVÉ": "private"} {
		if c, ok := commands.Find(typed); !ok || c.Name != want {
			t.Errorf("%s: found %v, want %s", typed, ok, want)
		}
	}
}

func TestWhatCannotBeChosenIsSaid(t *testing.T) {
	for _, tc := range []struct {
		name    string
		options map[string]string
		want    string
	}{
		{"timeout", map[string]string{"member": "42"}, "Something is missing: duration. Usage: “timeout <member> <duration> [reason]”"},
		{"timeout", map[string]string{"member": "42", "duration": "  "}, "Something is missing: duration. Usage: “timeout <member> <duration> [reason]”"},
		{"timeout", map[string]string{"member": "43", "duration": "1h"}, "I do not know a member “43”. Usage: “timeout <member> <duration> [reason]”"},
		{"ban", map[string]string{"member": "42", "duration": "soon"}, "“soon” is no duration: a number and a unit (s, m, h, d, w, mo), like 1h30m. Usage: “ban <member> [duration] [reason]”"},
		{"why", map[string]string{"case": "0"}, "“0” is no case number. Usage: “why [case] [member]”"},
	} {
		if _, problem := read(t, chat.CommandInvoked{Name: tc.name, Options: tc.options}); problem != tc.want {
			t.Errorf("%s %v:\ngot  %s\nwant %s", tc.name, tc.options, problem, tc.want)
		}
	}
}

// Usage is told in the reader's language, command and arguments.
func TestUsageIsToldInTheReadersLanguage(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	c, _ := commands.Find("timeout")
	_, problem := c.Parse(chat.Event{Body: chat.CommandInvoked{Name: "silence"}}, findMember)
	got := sentences.Plain(catalogue.Voice{Language: "fr"}, problem.Say, catalogue.Resolver{})
	if want := "Il manque quelque chose\u00a0: membre. Usage\u00a0: “silence <membre> <durée> [raison]”"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A warning from a message's menu stands under that message; a typed one does not.
func TestAWarningStandsWhereItIsMeant(t *testing.T) {
	general := chat.RoomRef{Platform: chat.Console, ID: "general"}
	elsewhere := chat.RoomRef{Platform: chat.Console, ID: "help"}
	for name, tc := range map[string]struct {
		body    chat.CommandInvoked
		desk    bool
		room    chat.RoomRef
		message string
	}{
		"from a menu":             {chat.CommandInvoked{Options: map[string]string{"member": "42"}, ReplyTo: "7"}, false, general, "7"},
		"typed in answer":         {chat.CommandInvoked{Args: "bob", ReplyTo: "7"}, false, general, ""},
		"in the moderators' room": {chat.CommandInvoked{Options: map[string]string{"member": "42"}, ReplyTo: "7"}, true, elsewhere, ""},
	} {
		warn, _ := commands.Find("warn")
		inv, problem := warn.Parse(chat.Event{Room: general, Body: tc.body}, findMember)
		if problem != nil {
			t.Fatalf("%s: %v", name, problem.Say)
		}
		inv.Desk, inv.LastSeen = tc.desk, elsewhere
		send, ok := warn.Run(inv)[1].(chat.Send)
		if !ok || send.Room != tc.room || send.ReplyTo != tc.message {
			t.Errorf("%s: %+v", name, send)
		}
	}
}
