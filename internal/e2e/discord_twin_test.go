package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// twin is a Discord that others wrote, with its people: see tools/twin.
type twin struct {
	t        *testing.T
	in       io.Writer
	out      *bufio.Scanner
	Base     string            `json:"api_base"`
	Token    string            `json:"token"`
	Guild    string            `json:"guild"`
	Bot      string            `json:"bot"`
	Channels map[string]string `json:"channels"`
	Users    map[string]string `json:"users"`
}

// answer is what the twin tells after a person's deed: which of the fields there are depends on it.
type answer struct {
	Error    string
	ID       string
	Type     int
	Private  bool
	Text     string
	Data     map[string]any
	Commands []struct{ Name string }
	Messages []shown
}

// shown is one message of a channel.
type shown struct {
	ID, Author, Text string
	Private          bool
}

// The first answers to an interaction.
const (
	deferred = 5
	silently = 6
	form     = 9
)

func newTwin(t *testing.T) *twin {
	t.Helper()
	modules := os.Getenv("PALABRE_NODE_MODULES")
	if _, err := os.Stat(filepath.Join(modules, "discord-digital-twin")); modules == "" || err != nil {
		t.Skip("PALABRE_NODE_MODULES names no folder with discord-digital-twin: see tools/twin")
	}
	node := exec.CommandContext(t.Context(), "node", filepath.Join(root, "tools", "twin", "twin.mjs"))
	node.Stderr = os.Stderr
	in, err := node.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := node.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()  // it ends with its input
		_ = node.Wait() // how it ended does not matter
	})
	w := &twin{t: t, in: in, out: bufio.NewScanner(out)}
	w.out.Buffer(nil, 1<<20)
	w.line(w)
	return w
}

// line reads the next line.
func (w *twin) line(into any) {
	w.t.Helper()
	if !w.out.Scan() {
		w.t.Fatalf("the twin ended: %v", w.out.Err())
	}
	if err := json.Unmarshal(w.out.Bytes(), into); err != nil {
		w.t.Fatalf("the twin says %s: %v", w.out.Bytes(), err)
	}
}

// try lets a person do something; the answer may be an error.
func (w *twin) try(deed map[string]any) (got answer) {
	w.t.Helper()
	text, err := json.Marshal(deed)
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := fmt.Fprintf(w.in, "%s\n", text); err != nil {
		w.t.Fatal(err)
	}
	w.line(&got)
	return got
}

func (w *twin) do(deed map[string]any) answer {
	w.t.Helper()
	got := w.try(deed)
	if got.Error != "" {
		w.t.Fatalf("%v: %s", deed, got.Error)
	}
	return got
}

// first is the bot's first answer to an interaction, which has three seconds to come.
func (w *twin) first(i answer, kind int) answer {
	w.t.Helper()
	got := w.do(map[string]any{"do": "answer", "interaction": i.ID, "within": 3000})
	if got.Type != kind {
		w.t.Fatalf("the first answer is of type %d, expected %d: %+v", got.Type, kind, got)
	}
	return got
}

// settled is what stands in the place of a deferred answer in the end.
func (w *twin) settled(i answer) string {
	w.t.Helper()
	if !w.first(i, deferred).Private {
		w.t.Error("everybody sees that the bot thinks")
	}
	got := w.do(map[string]any{"do": "settled", "interaction": i.ID, "within": patience.Milliseconds()})
	if !got.Private {
		w.t.Errorf("everybody sees the answer %q", got.Text)
	}
	w.t.Logf("palabre, to one person: %s", got.Text)
	return got.Text
}

func (w *twin) command(who, name string, options map[string]string) answer {
	w.t.Helper()
	w.t.Logf("%s: /%s %v", who, name, options)
	deed := map[string]any{"do": "command", "user": who, "name": name}
	if options != nil {
		deed["options"] = options
	}
	return w.do(deed)
}

// showing waits for a message in #general.
func (w *twin) showing(what string, private bool, words string) {
	w.t.Helper()
	eventually(w.t, what, func() bool {
		return slices.ContainsFunc(w.messages("general"), func(m shown) bool { return m.Private == private && strings.Contains(m.Text, words) })
	})
}

// said waits for a message of the bot's in a channel.
func (w *twin) said(channel, words string) {
	w.t.Helper()
	eventually(w.t, fmt.Sprintf("%q in #%s", words, channel), func() bool {
		return slices.ContainsFunc(w.messages(channel), func(m shown) bool { return strings.Contains(m.Text, words) })
	})
}

func (w *twin) messages(channel string) []shown {
	w.t.Helper()
	return w.do(map[string]any{"do": "show", "channel": channel}).Messages
}

// gone waits until a message of #general is no more.
func (w *twin) gone(id string) {
	w.t.Helper()
	eventually(w.t, "message "+id+" is gone", func() bool {
		return !slices.ContainsFunc(w.messages("general"), func(m shown) bool { return m.ID == id })
	})
}

// Two reasons that together are longer than one message of Discord's.
var (
	reason = strings.Repeat("Adverts belong into the shop window, and nowhere else. ", 26)
	pardon = strings.Repeat("It was our own shop. ", 30) + "So it was agreed."
)

const twinConfiguration = `
community: { name: Twin, language: en }
store: %s
listen: %s
rooms:
  general: { discord: "%s" }
  moderators: { discord: "%s" }
desk: moderators
discord: { enabled: true, guild: "%s", token: { env: %s }, api_base: "%s" }
rules:
  - { name: no-adverts, why: "%s", when: { words: [ advert ] }, do: [ delete, strike: 1 ], mode: enforce }
`

// The shipped binary on a Discord that was not made for it: commands, deferred and private answers, follow-ups,
// forms and buttons.
func TestTwin(t *testing.T) {
	w := newTwin(t)
	p := installed(t, w.Token, func(dir, listen string) string {
		return fmt.Sprintf(twinConfiguration, filepath.Join(dir, "palabre.db"), listen, w.Channels["general"], w.Channels["moderators"],
			w.Guild, tokenVariable, w.Base, reason)
	})
	p.start()
	p.ready()
	eventually(t, "commands are registered", func() bool { return len(w.do(map[string]any{"do": "commands"}).Commands) > 0 })

	part := func(name string, play func(*testing.T, *twin)) {
		t.Run(name, func(inner *testing.T) {
			w.t = inner
			play(inner, w)
		})
		w.t = t
	}
	part("a command is answered to its caller alone", func(t *testing.T, w *twin) {
		if said := w.settled(w.command("ana", "help", nil)); !strings.Contains(said, "lists the commands") {
			t.Errorf("help: %q", said)
		}
		if said := w.settled(w.command("ana", "cases", nil)); !strings.Contains(said, "is for moderators") {
			t.Errorf("a member's call of a moderators' command: %q", said)
		}
	})
	part("what is too long for one answer is followed up", followedUp)
	part("a form asks for what was left out", filledIn)
	part("a button is acknowledged", pressed)
	p.delivered()
	p.stop()
	p.calm()
}

func followedUp(t *testing.T, w *twin) {
	said := w.do(map[string]any{"do": "say", "user": "ana", "text": "read this advert"})
	w.gone(said.ID)
	if said := w.settled(w.command("mod", "undo", map[string]string{"case": "1", "reason": pardon})); said != "Done." {
		t.Errorf("undo: %q", said)
	}
	first := w.settled(w.command("mod", "why", map[string]string{"case": "1"}))
	if !strings.Contains(first, "no-adverts") || strings.Contains(first, "So it was agreed.") {
		t.Errorf("the first part of the answer: %q", first)
	}
	w.showing("the second part of the answer", true, "So it was agreed.")
}

func filledIn(t *testing.T, w *twin) {
	for user, asked := range map[string]answer{
		"ana": w.do(map[string]any{"do": "menu", "user": "mod", "name": "Warn", "target": "ana"}),
		"bob": w.command("mod", "warn", map[string]string{"member": "bob"}),
	} {
		if got := w.first(asked, form); got.Data["title"] != "Warn" {
			t.Errorf("the form: %v", got.Data)
		}
		filled := w.do(map[string]any{"do": "submit", "user": "mod", "form": asked.ID, "fields": map[string]string{"reason": "Not so loud."}})
		if said := w.settled(filled); said != "Done." {
			t.Errorf("the answer to a form: %q", said)
		}
		w.showing("the warning", false, "<@"+w.Users[user]+">, a moderator asks you to stop: Not so loud.")
	}
}

// A message of the bot's with a button: Palabre shows none by itself, as no activity asks for a choice.
func pressed(t *testing.T, w *twin) {
	button := map[string]any{"type": 2, "style": 2, "label": "Keep", "custom_id": "card|old|keep"}
	w.post(map[string]any{"content": "What now?", "components": []any{map[string]any{"type": 1, "components": []any{button}}}})
	w.first(w.do(map[string]any{"do": "press", "user": "mod", "button": "Keep"}), silently)
	if said := w.settled(w.command("mod", "help", nil)); said == "" {
		t.Error("no help after a button")
	}
}

// post says something in #general with the bot's account.
func (w *twin) post(body map[string]any) {
	w.t.Helper()
	w.call(http.MethodPost, "/channels/"+w.Channels["general"]+"/messages", body)
}

// call asks the twin something with the bot's account.
func (w *twin) call(method, path string, body map[string]any) []byte {
	w.t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.Base+"/v10"+path, bytes.NewReader(text))
	if err != nil {
		w.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bot "+w.Token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	said, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		w.t.Fatalf("%s %s: %s %s %v", method, path, answer.Status, said, err)
	}
	return said
}
