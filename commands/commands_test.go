package commands_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/catalogue"
	"palabre/chat"
	"palabre/commands"
)

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	bob  = chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "bob"}, Name: "Bob"}
	mod  = chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "mod"}, Name: "Mod", Standing: chat.StandingModerator}
	here = chat.RoomRef{Platform: chat.Console, ID: "general"}
)

func find(text string) (chat.Actor, bool) { return bob, text == "@bob" || text == "bob" }

func call(name, args string) chat.Event {
	return chat.Event{
		ID: "console:1", At: noon, Room: here, Logical: "general", Actor: mod,
		Body: chat.CommandInvoked{Name: name, Args: args, Message: chat.MessageRef{Room: here, ID: "1"}},
	}
}

func parse(t *testing.T, name, args string) (commands.Invocation, *commands.Problem) {
	t.Helper()
	c, ok := commands.Find(name)
	if !ok {
		t.Fatalf("no command %q", name)
	}
	return c.Parse(call(name, args), find)
}

func TestArguments(t *testing.T) {
	for _, tc := range []struct {
		name, args string
		want       commands.Invocation
	}{
		{"warn", "@bob", commands.Invocation{Member: bob}},
		{"warn", "bob  be kind,\nplease", commands.Invocation{Member: bob, Text: "be kind,\nplease"}},
		{"timeout", "@bob 1h30m shouting", commands.Invocation{Member: bob, For: 90 * time.Minute, Text: "shouting"}},
		{"silence", "@bob 2j trop fort", commands.Invocation{Member: bob, For: 48 * time.Hour, Text: "trop fort"}},
		{"ban", "@bob", commands.Invocation{Member: bob}},
		{"ban", "@bob 7d", commands.Invocation{Member: bob, For: 7 * 24 * time.Hour}},
		{"ban", "@bob spam and more spam", commands.Invocation{Member: bob, Text: "spam and more spam"}},
		{"why", "", commands.Invocation{}},
		{"why", "#12", commands.Invocation{Case: 12}},
		{"pourquoi", "bob", commands.Invocation{Member: bob}},
		{"undo", "12 my mistake", commands.Invocation{Case: 12, Text: "my mistake"}},
		{"help", "timeout", commands.Invocation{Word: "timeout"}},
		{"cases", "", commands.Invocation{}},
	} {
		got, problem := parse(t, tc.name, tc.args)
		if problem != nil {
			t.Errorf("%s %s: %v", tc.name, tc.args, problem)
			continue
		}
		tc.want.Event = call(tc.name, tc.args)
		if diff := cmp.Diff(tc.want, got); diff != "" {
			t.Errorf("%s %s: %s", tc.name, tc.args, diff)
		}
	}
}

// What cannot be meant is refused with the usage; above all, a ban for a while never becomes one for ever.
func TestProblems(t *testing.T) {
	for _, tc := range []struct{ name, args, want string }{
		{"warn", "", "commands.missing"},
		{"warn", "@nobody", "commands.unknown_member"},
		{"timeout", "@bob", "commands.missing"},
		{"timeout", "@bob 10", "commands.bad_duration"},
		{"timeout", "@bob -1d", "commands.bad_duration"},
		{"timeout", "@bob 0", "commands.bad_duration"},
		{"timeout", "@bob 1y2", "commands.bad_duration"},
		{"timeout", "@bob ∞", "commands.bad_duration"},
		{"ban", "@bob 1x because", "commands.bad_duration"},
		{"ban", "@bob -1d", "commands.bad_duration"},
		{"ban", "@bob 0s", "commands.bad_duration"},
		{"undo", "", "commands.missing"},
		{"undo", "0", "commands.bad_case"},
		{"undo", "twelve", "commands.bad_case"},
		{"why", "99999999999999999999", "commands.bad_case"},
		{"cases", "@bob and more", "commands.too_many"},
	} {
		_, problem := parse(t, tc.name, tc.args)
		if problem == nil || problem.Say.Key != tc.want {
			t.Errorf("%s %s: got %+v, want %s", tc.name, tc.args, problem, tc.want)
		}
	}
}

func run(t *testing.T, name, args string, known commands.Known) []chat.Action {
	t.Helper()
	inv, problem := parse(t, name, args)
	if problem != nil {
		t.Fatal(problem)
	}
	inv.Known = known
	c, _ := commands.Find(name)
	return c.Run(inv)
}

func kinds(actions []chat.Action) (out []chat.ActionKind) {
	for _, a := range actions {
		out = append(out, a.ActionKind())
	}
	return out
}

func TestSanctionsAreCasesOfTheirCaller(t *testing.T) {
	for name, want := range map[string][]chat.ActionKind{
		"warn @bob stop":       {chat.ActOpenCase, chat.ActSend, chat.ActConfirm},
		"timeout @bob 1h stop": {chat.ActOpenCase, chat.ActTimeout, chat.ActConfirm},
		"ban @bob 1d stop":     {chat.ActOpenCase, chat.ActBan, chat.ActConfirm},
		"ban @bob":             {chat.ActOpenCase, chat.ActBan, chat.ActConfirm},
	} {
		word, args, _ := cut(name)
		actions := run(t, word, args, commands.Known{})
		if diff := cmp.Diff(want, kinds(actions)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		opened := actions[0].(chat.OpenCase)
		if opened.Member != bob.MemberRef || opened.By != mod.MemberRef || opened.Rule != word || opened.Why.IsZero() {
			t.Errorf("%s: case %+v", name, opened)
		}
	}
	if ban := run(t, "ban", "@bob", commands.Known{})[1].(chat.Ban); !ban.Until.IsZero() {
		t.Errorf("a ban without a duration ends: %v", ban.Until)
	}
	if timeout := run(t, "timeout", "@bob 1h", commands.Known{})[1].(chat.Timeout); !timeout.Until.Equal(noon.Add(time.Hour)) {
		t.Errorf("until %v", timeout.Until)
	}
}

func cut(line string) (name, args string, found bool) {
	for i := range line {
		if line[i] == ' ' {
			return line[:i], line[i+1:], true
		}
	}
	return line, "", false
}

// A warning is said where the member reads it: where it was asked for, or from the moderators' room where they last spoke.
func TestWhereAWarningIsSaid(t *testing.T) {
	elsewhere := chat.RoomRef{Platform: chat.Console, ID: "help"}
	for _, tc := range []struct {
		desk bool
		last chat.RoomRef
		want chat.RoomRef
	}{{false, elsewhere, here}, {true, elsewhere, elsewhere}, {true, chat.RoomRef{}, here}} {
		inv, _ := parse(t, "warn", "bob stop")
		inv.Desk, inv.LastSeen = tc.desk, tc.last
		c, _ := commands.Find("warn")
		if got := c.Run(inv)[1].(chat.Send).Room; got != tc.want {
			t.Errorf("desk %v, last seen %v: said in %v", tc.desk, tc.last, got)
		}
	}
}

func TestUndoIsDoneOnce(t *testing.T) {
	standing := commands.Known{Cases: []commands.Case{{No: 12, Member: bob.MemberRef}}}
	if diff := cmp.Diff([]chat.ActionKind{chat.ActUndo, chat.ActConfirm}, kinds(run(t, "undo", "12", standing))); diff != "" {
		t.Error(diff)
	}
	undone := commands.Known{Cases: []commands.Case{{No: 12, Member: bob.MemberRef, UndoneAt: noon, UndoneBy: "Ada"}}}
	for _, known := range []commands.Known{undone, {}} {
		if diff := cmp.Diff([]chat.ActionKind{chat.ActAnswer}, kinds(run(t, "undo", "12", known))); diff != "" {
			t.Error(diff)
		}
	}
}

// A case is told whole: what was seen, what was done how often, what failed and why, who took it back.
func TestWhyTellsTheWholeCase(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	c := commands.Case{
		No: 12, Name: "B**o**b", Rule: "flood", Why: "Nobody floods a room.", At: noon, UndoneAt: noon.Add(time.Hour), UndoneBy: "Ada",
		Reasons: []chat.Reason{{Text: "9 messages in 10 seconds"}},
		Acts: []commands.Act{
			{Label: "strike", Points: 1, State: "done"}, {Label: "delete", State: "done"}, {Label: "delete", State: "done"},
			{Label: "timeout", State: "blocked", Reason: "missing permission"}, {Label: "warn", State: "pending"},
		},
	}
	answer := run(t, "why", "12", commands.Known{Cases: []commands.Case{c}})[0].(chat.Answer)
	if !answer.Private {
		t.Error("told to everybody")
	}
	got := sentences.Plain(catalogue.Voice{Language: "en"}, answer.Say, catalogue.Resolver{})
	want := `**Case #12** B**o**b, Monday 23 November, 12:00: flood, by a rule
Why: Nobody floods a room.
- seen: 9 messages in 10 seconds
Done: strike 1, delete ×2, timeout (refused: missing permission) and warn (on its way)
Undone by Ada, Monday 23 November, 13:00: —`
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestHelpShowsWhatTheCallerMayDo(t *testing.T) {
	for standing, want := range map[chat.Standing]int{chat.StandingMember: 2, chat.StandingTrusted: 2, chat.StandingAdmin: len(commands.Table)} {
		if got := len(commands.For(standing)); got != want {
			t.Errorf("%s may call %d commands, want %d", standing, got, want)
		}
	}
	known := commands.Known{Commands: commands.For(chat.StandingMember)}
	for args, want := range map[string]string{"": "commands.help", "help": "commands.help", "ban": "commands.unknown", "fly": "commands.unknown"} {
		if got := run(t, "help", args, known)[0].(chat.Answer).Say.Key; got != want {
			t.Errorf("help %s: %s, want %s", args, got, want)
		}
	}
}

// Every sentence that commands say exists, in both languages; so do a help line and unique names for every command.
func TestEverySentenceExists(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, c := range commands.Table {
		if !sentences.Has("commands.help." + c.Name) {
			t.Errorf("no help for %s", c.Name)
		}
		for _, name := range c.Names {
			if names[name] {
				t.Errorf("%s is the name of two commands", name)
			}
			names[name] = true
		}
	}
	for _, state := range []string{"pending", "sending", "held", "blocked", "dead", "uncertain", "cancelled"} {
		if !sentences.Has("commands.act." + state) {
			t.Errorf("no words for an act that is %s", state)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("ban", "@bob 1h  why\n not")
	f.Add("undo", "#12")
	f.Fuzz(func(t *testing.T, name, args string) {
		c, ok := commands.Find(name)
		if !ok {
			return
		}
		inv, problem := c.Parse(call(name, args), find)
		if problem == nil {
			c.Run(inv)
		}
	})
}
