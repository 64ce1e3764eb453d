package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
)

// guild is a community on a small Discord in memory, with `palabre run` at work in it.
type guild struct {
	*discordtest.Server
	discordtest.Guild
	t             *testing.T
	config        string
	general, desk string
	mod, mallory  discordtest.Person
	log           safeBuffer
}

const discordConfig = `
community: { name: Test }
store: %s
listen: ""
rooms:
  general: { discord: "%s" }
  moderators: { discord: "%s" }
desk: moderators
discord: { guild: "%s", token: { env: PALABRE_DISCORD_TOKEN }, api_base: "%s" }
rules:
  - { name: no-spam, why: "No spam.", when: { words: [spam] }, do: [ delete, strike: 1 ] }
`

func newGuild(t *testing.T) *guild {
	t.Helper()
	g := &guild{Server: discordtest.New(discordtest.Options{}), t: t}
	g.Guild = g.Server.Guild("Passerelles")
	g.general, g.desk = g.Text("general"), g.Text("moderators")
	g.Place(g.BotRole(), 5)
	g.mod, g.mallory = g.Moderator("mod"), g.Member("mallory")
	folder := t.TempDir()
	g.config = filepath.Join(folder, "palabre.yaml")
	text := fmt.Sprintf(discordConfig, filepath.Join(folder, "palabre.db"), g.general, g.desk, g.ID, g.Start(t))
	if err := os.WriteFile(g.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PALABRE_DISCORD_TOKEN", discordtest.Token)
	return g
}

// run lets Palabre work until the test ends.
func (g *guild) run() {
	ctx, cancel := context.WithCancel(g.t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := runBot(ctx, Env{Out: &g.log, Err: &g.log}, []string{"-config", g.config}); err != nil {
			g.t.Errorf("run: %v", err)
		}
	})
	g.t.Cleanup(func() {
		cancel()
		running.Wait()
		if g.t.Failed() {
			g.t.Log(g.log.String())
		}
	})
}

// until waits for something to become true.
func (g *guild) until(what string, true func() bool) {
	g.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(15 * time.Second)
	for !true() {
		select {
		case <-tick.C:
		case <-deadline:
			g.t.Fatalf("not within 15 s: %s\ngeneral: %q\nmoderators: %q", what, g.Texts(g.general), g.Texts(g.desk))
		}
	}
}

// says waits until a channel's last text begins so.
func (g *guild) says(channel, prefix string) {
	g.t.Helper()
	g.until(prefix, func() bool {
		texts := g.Texts(channel)
		return len(texts) > 0 && strings.HasPrefix(texts[len(texts)-1], prefix)
	})
}

// answered waits for the answer to an interaction, which only its caller may see.
func (g *guild) answered(i discordtest.Interaction, err error) string {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
	g.until("an answer to "+i.Name, func() bool {
		i, _ = g.Interaction(i.ID)
		return len(i.Said) > 0
	})
	if !i.Private {
		g.t.Errorf("%s was answered for everybody: %q", i.Name, i.Said)
	}
	return strings.Join(i.Said, "\n")
}

// form waits for the form that an interaction opens.
func (g *guild) form(i discordtest.Interaction, err error) discordtest.Interaction {
	g.t.Helper()
	if err != nil {
		g.t.Fatal(err)
	}
	g.until("a form for "+i.Name, func() bool {
		i, _ = g.Interaction(i.ID)
		return i.Modal != nil
	})
	return i
}

// safeBuffer is a buffer for several writers.
type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// A moderator's day on Discord: asking why, with the number proposed; warning from a message's menu; silencing with
// what was left out asked by a form.
func TestCommandsOnDiscord(t *testing.T) {
	g := newGuild(t)
	g.run()
	g.until("commands", func() bool { return len(g.Commands(g.ID)) > 0 })
	if _, err := g.mallory.Say(g.general, "spam"); err != nil {
		t.Fatal(err)
	}
	g.says(g.desk, "**#1** ")
	g.until("the spam is gone", func() bool { return len(g.Texts(g.general)) == 0 })

	before := len(g.Texts(g.desk))
	g.mod.Speak("fr")
	answer := g.answered(g.mod.Invoke(g.general, "pourquoi", map[string]any{"case": "1"}))
	if !strings.HasPrefix(answer, "**Case #1** mallory") || !strings.Contains(answer, "No spam.") {
		t.Errorf("why: %q", answer)
	}
	if texts := g.Texts(g.general); len(texts) != 0 || len(g.Texts(g.desk)) != before {
		t.Errorf("an answer was said aloud: %q %q", texts, g.Texts(g.desk))
	}

	g.mod.Speak("en-US")
	typing, err := g.mod.Complete(g.general, "why", map[string]any{"case": "mal"}, "case")
	if err != nil {
		t.Fatal(err)
	}
	g.until("choices", func() bool { typing, _ = g.Interaction(typing.ID); return typing.Answer == discordtest.AnswerChoices })
	if len(typing.Choices) != 1 || typing.Choices[0].Value != "1" || !strings.HasPrefix(typing.Choices[0].Name, "#1 mallory, no-spam, ") {
		t.Errorf("choices: %+v", typing.Choices)
	}

	message, err := g.mallory.Say(g.general, "look at me")
	if err != nil {
		t.Fatal(err)
	}
	warn := g.form(g.mod.OnMessage(g.general, "Warn", message))
	if answer := g.answered(g.mod.Submit(warn.ID, map[string]string{"reason": "Not so loud."})); answer != "Done." {
		t.Errorf("warned: %q", answer)
	}
	g.says(g.general, "<@"+g.mallory.ID+">, a moderator asks you to stop: Not so loud.")
	g.says(g.desk, "**#2** ")

	silence := g.form(g.mod.Invoke(g.general, "timeout", map[string]any{"member": g.mallory.ID}))
	if answer := g.answered(g.mod.Submit(silence.ID, map[string]string{"duration": "soon"})); !strings.Contains(answer, "is no duration") {
		t.Errorf("a duration that is none: %q", answer)
	}
	if answer := g.answered(g.mod.Submit(silence.ID, map[string]string{"duration": "1h"})); answer != "Done." {
		t.Errorf("silenced: %q", answer)
	}
	g.until("silence", func() bool { return time.Until(g.Members(g.ID)[g.mallory.ID].Until) > 59*time.Minute })
	g.Validate(t, "")
}

// The doctor on Discord, as one calls it.
func TestDoctorOnDiscord(t *testing.T) {
	g := newGuild(t)
	var out, problems bytes.Buffer
	code := Main([]string{"doctor", "-config", g.config}, Env{Out: &out, Err: &problems})
	for _, want := range []string{
		"discord\n  ok     the clock is right\n", "  ok     general: the bot has what it needs\n",
		"  WRONG  no command is registered yet\n         → Palabre registers them when it runs", "client_id=" + g.Bot(),
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
	g.Validate(t, "")
	if code != exitFailed || problems.String() != "with "+g.config+"\npalabre: 1 of 12 findings need a hand\n" {
		t.Errorf("exit %d: %s", code, problems.String())
	}
}
