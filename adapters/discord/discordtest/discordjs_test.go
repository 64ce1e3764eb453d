package discordtest_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters/discord/discordtest"
)

// patience is how long discord.js may take: it spaces its IDENTIFYs by five seconds.
const patience = 40 * time.Second

// bot is discord.js at work in a process of its own.
type bot struct {
	t     *testing.T
	lines chan object
	in    io.Writer
	past  []object
}

func (w *world) discordJS() *bot {
	w.t.Helper()
	modules := os.Getenv("PALABRE_NODE_MODULES")
	if _, err := os.Stat(filepath.Join(modules, "discord.js")); modules == "" || err != nil {
		w.t.Skip("PALABRE_NODE_MODULES names no folder with discord.js: see tools/discordjs")
	}
	script := filepath.Join("..", "..", "..", "tools", "discordjs", "client.mjs")
	node := exec.CommandContext(w.t.Context(), "node", script, w.base, discordtest.Token)
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	must(w.t, err)
	out, err := node.StdoutPipe()
	must(w.t, err)
	must(w.t, node.Start())
	b := &bot{t: w.t, lines: make(chan object, 1000), in: in}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			var line object
			if json.Unmarshal(scan.Bytes(), &line) == nil {
				b.lines <- line
			}
		}
		close(b.lines)
	}()
	w.t.Cleanup(func() {
		_ = in.Close() // the script ends with its input
		<-ended
		_ = node.Wait() // how it ended does not matter
	})
	return b
}

// run makes a part of the test whose failures are its own.
func (b *bot) run(t *testing.T, name string, part func(t *testing.T)) {
	t.Run(name, func(inner *testing.T) {
		b.t = inner
		part(inner)
	})
	b.t = t
}

func (b *bot) ask(format string, args ...any) {
	b.t.Helper()
	_, err := fmt.Fprintf(b.in, format+"\n", args...)
	must(b.t, err)
}

// wait gives the next line of a kind that has these values.
func (b *bot) wait(what string, values object) object {
	b.t.Helper()
	late := time.After(patience)
	for {
		select {
		case line, ok := <-b.lines:
			b.past = append(b.past, line)
			if !ok {
				b.t.Fatalf("discord.js ended before %s %v; it said %v", what, values, b.past)
			}
			if line["what"] == what && holds(line, values) {
				return line
			}
			if line["what"] == "error" {
				b.t.Fatalf("waiting for %s: %v", what, line)
			}
		case <-late:
			b.t.Fatalf("no %s %v within %s; discord.js said %v", what, values, patience, b.past)
		}
	}
}

func holds(line, values object) bool {
	for key, value := range values {
		if !cmp.Equal(line[key], value) {
			return false
		}
	}
	return true
}

// TestDiscordJS shows that the server is one that an independent client can live with.
func TestDiscordJS(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	b := w.discordJS()
	ready := b.wait("ready", nil)
	want := []any{object{"id": w.guild.ID, "name": "Test", "members": 4.0, "channels": []any{"general"}}}
	if diff := cmp.Diff(want, ready["guilds"]); diff != "" {
		t.Errorf("guilds (-want +got):\n%s", diff)
	}
	say := func(text string) string { return got[string](t)(w.ana.Say(w.general, text)) }

	b.run(t, "both sides talk", func(t *testing.T) {
		b.wait("message", object{"id": say("bonjour"), "text": "bonjour", "author": "ana"})
		b.ask("say %s hello there", w.general)
		b.wait("said", nil)
		if diff := cmp.Diff([]string{"bonjour", "hello there"}, w.Texts(w.general)); diff != "" {
			t.Errorf("shown (-want +got):\n%s", diff)
		}
	})
	b.run(t, "people come, change and go", func(t *testing.T) {
		bob := w.Person("bob")
		must(t, bob.Join(w.guild.ID))
		b.wait("join", object{"id": bob.ID, "name": "bob"})
		must(t, bob.Rename(w.guild.ID, "Bobby"))
		b.wait("member", object{"id": bob.ID, "name": "Bobby"})
		b.ask("timeout %s %s", w.guild.ID, bob.ID)
		b.wait("done", nil)
		if _, err := bob.Say(w.general, "hm"); err == nil {
			t.Error("bob speaks while silenced")
		}
		if log := w.AuditLog(w.guild.ID); log[len(log)-1].Reason != "too loud — très fort" {
			t.Errorf("reason %q", log[len(log)-1].Reason)
		}
		b.ask("members %s", w.guild.ID)
		b.wait("members", object{"names": []any{"ana", "bob", "mod", "owner", "palabre"}})
		must(t, w.mod.Kick(w.guild.ID, bob.ID, "enough"))
		b.wait("leave", object{"id": bob.ID})
		b.wait("audit", object{"target": bob.ID, "by": w.mod.ID, "reason": "enough"})
	})
	b.run(t, "edits, reactions, deletions and threads", func(t *testing.T) {
		id := say("frist")
		must(t, w.ana.Edit(w.general, id, "first"))
		b.wait("edit", object{"id": id, "text": "first"})
		must(t, w.mod.React(w.general, id, "👍"))
		b.wait("reaction", object{"emoji": "👍", "user": w.mod.ID})
		thread := got[string](t)(w.ana.Thread(w.general, id, "more"))
		b.wait("thread", object{"id": thread, "name": "more"})
		must(t, w.mod.Delete(w.general, id))
		b.wait("delete", object{"id": id})
	})
	b.run(t, "a command, a button and a form", func(t *testing.T) { w.throughDiscordJS(t, b) })
	for _, c := range []struct {
		name   string
		breaks func()
		comes  string
		both   bool // also what was said meanwhile
	}{
		{"a cut", w.CutAll, "resumed", true},
		{"op 7", func() { w.Send(discordtest.Reconnect()) }, "resumed", true},
		{"op 9 that may resume", func() { w.Send(discordtest.Invalid(true)) }, "resumed", true},
		{"op 9 that may not", func() { w.ForgetSessions(); w.Send(discordtest.Invalid(false)) }, "identified", false},
		{"a RESUME that is refused", func() { w.ForgetSessions(); w.CutAll() }, "identified", false},
	} {
		b.run(t, "survives "+c.name, func(t *testing.T) {
			dials := len(w.Dials())
			c.breaks()
			meanwhile := say("said meanwhile: " + c.name)
			if c.both {
				b.wait("message", object{"id": meanwhile})
			}
			b.wait(c.comes, nil)
			b.wait("message", object{"id": say("after " + c.name)})
			if len(w.Dials()) == dials {
				t.Error("no new connection")
			}
		})
	}
	b.ask("destroy")
	w.ValidateAnswers(t, "")
}

func (w *world) throughDiscordJS(t *testing.T, b *bot) {
	b.ask("publish %s", w.guild.ID)
	b.wait("published", object{"names": []any{"look"}})
	play := got[discordtest.Interaction](t)
	i := play(w.mod.Invoke(w.general, "look", object{"member": w.ana.ID}))
	b.wait("interaction", object{"id": i.ID})
	i, _ = w.Interaction(i.ID)
	if diff := cmp.Diff([]string{"seen ana", "between us"}, i.Said); diff != "" || i.Private {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	asked := play(w.mod.Complete(w.general, "look", object{"hint": "o"}, "hint"))
	b.wait("interaction", object{"id": asked.ID})
	if asked, _ = w.Interaction(asked.ID); len(asked.Choices) != 1 {
		t.Errorf("choices %v", asked.Choices)
	}
	pressed := play(w.mod.Press(w.general, i.Original, "again"))
	b.wait("interaction", object{"id": pressed.ID})
	form := play(w.mod.Submit(pressed.ID, map[string]string{"why": "of rain"}))
	b.wait("interaction", object{"id": form.ID})
	form, _ = w.Interaction(form.ID)
	if !form.Private || strings.Join(form.Said, "") != "because of rain" {
		t.Errorf("the form was answered %+v", form)
	}
}
