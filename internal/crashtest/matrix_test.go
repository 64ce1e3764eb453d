package crashtest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"palabre/adapters/matrix/matrixtest"
)

// faults are what the homeserver does wrong while people talk.
var faults = map[string]matrixtest.Chances{
	"":         {Limited: 0.004, Refused: 0.004, Lost: 0.004},
	"sync":     {Refused: 0.02, Lost: 0.02},
	"messages": {Limited: 0.02, Refused: 0.05, Lost: 0.05},
	"send":     {Limited: 0.04, Refused: 0.03, Lost: 0.06},
	"redact":   {Limited: 0.04, Refused: 0.03, Lost: 0.06},
	"putstate": {Limited: 0.04, Refused: 0.03, Lost: 0.06},
}

// calls are the homeserver's calls at which the program is killed: before they have an effect, or before it
// hears of the effect.
var calls = []struct {
	kind string
	skip int // at most
}{
	{"sync", 6}, {"send", 10}, {"redact", 10}, {"putstate", 6}, {"messages", 2}, {"members", 4}, {"context", 1},
}

// configuration is a community small enough to foretell everything that must happen in it.
const configuration = `
community: { name: Crash Town, language: en, zone: UTC }
store: %[1]s/palabre.db
listen: ""
rooms:
  general:    { matrix: "#general:localhost" }
  hall:       { matrix: "#hall:localhost" }
  welcome:    { matrix: "#welcome:localhost" }
  moderators: { matrix: "#moderators:localhost" }
desk: moderators
matrix:
  enabled: true
  homeserver: %[2]s
  user: "@palabre:localhost"
  token: { env: PALABRE_MATRIX_TOKEN }
  space: "#town:localhost"
rules:
  - name: invites
    why: { en: "No advertising." }
    on: [message, edit]
    when: { invite: any }
    do: [ delete, warn, strike: 1 ]
    mode: enforce
  - name: flood
    why: { en: "No flooding." }
    when: { rate: "> 5 messages in 10s" }
    do: [ delete: burst, warn, strike: 1 ]
    mode: enforce
%[3]s
ladder: { decay: 1 per 30d, steps: { 2: { timeout: 10s } } }
activities:
  welcome: { room: welcome, wait: 1s, at_most: 25, wave: 1s }
  prompts: %[4]s
`

// commonRules are those of both platforms: one that asks, three that people switch on and off, and one that closes a room
// for a while. The second text is there only while the file has it.
const (
	commonRules = `
  - name: review
    why: { en: "Bargains are looked at." }
    when: { words: [dubious] }
    do: [ delete, warn, strike: 1 ]
    mode: ask
  - name: tumult
    why: { en: "Not while there is a raid." }
    when: { words: [hullabaloo], raid_mode: true }
    do: [ delete, warn, strike: 1 ]
    mode: enforce
  - name: rumours
    why: { en: "No rumours." }
    when: { words: [hearsay] }
    do: [ delete, warn, strike: 1 ]
    mode: shadow
  - name: stampede
    why: { en: "Calm down first." }
    in: [hall]
    when: { words: [stampede] }
    do: [ lock: 1m ]
    mode: enforce`
	ruleOfTheDay = `
  - name: fads
    why: { en: "No fads." }
    when: { words: [gizmo] }
    do: [ delete, warn, strike: 1 ]
    mode: enforce`
)

// rulesWith are the rules of both platforms, with those that are not always there.
func rulesWith(e extra) string {
	if e.rule {
		return commonRules + ruleOfTheDay
	}
	return commonRules
}

// TestNothingIsLostOrDoneTwice is I1 to I4 of what Palabre promises, on Matrix.
func TestNothingIsLostOrDoneTwice(t *testing.T) {
	atOnce(t)
	kills, began := cmp.Or(*kills, 12), time.Now()
	w := found(t, *seed, *load)
	web := httptest.NewServer(w.hs)
	t.Cleanup(web.Close)
	w.url = web.URL
	w.program = install(t, func(folder string) string {
		w.folder = folder
		return w.configure(extra{})
	}, "PALABRE_MATRIX_TOKEN="+w.token)
	w.back.program = w.program
	w.hs.SetClock(w.program.now)
	d := drive(t, w, w.program, 60*time.Second)
	w.chance = d.random
	d.run(kills)
	f := audit(t, w, w.program)
	d.report(began, kills, f, "")
	if f.events < len(w.told) || f.orders == 0 {
		t.Error("hardly anything happened: the test shows nothing")
	}
}

// chaos makes the homeserver fail at random, and now and then ask for patience without saying how much.
func (w *town) chaos(i int) {
	w.hs.Chaos(*seed+uint64(i), faults)
	if i%gapEvery == 1 {
		w.hs.Fail(matrixtest.Fault{Kind: "send", Room: w.welcome, Skip: 1, Times: 1, Status: http.StatusTooManyRequests})
	}
}

func (w *town) calm()             { w.hs.Chaos(0, nil) }
func (w *town) heal()             { w.hs.Heal() }
func (w *town) pace() int         { return *load }
func (w *town) awake(int)         {}
func (w *town) down()             { w.endSieges() }
func (w *town) behind() *backroom { return w.back }
func (w *town) asked() int        { return w.hs.Calls("sync") }
func (w *town) met() bool         { return w.abreast() }
func (w *town) abreast() bool     { return w.program.memory(w.t).caughtUp(w.hs.Token()) }
func (w *town) settle() bool      { return len(w.toUndo) == 0 }

func (w *town) String() string {
	return fmt.Sprintf("to be undone: %v\nread to %q of %s", w.toUndo, w.program.memory(w.t).cursors(), w.hs.Token())
}

func (w *town) spans() (anyTime, longest time.Duration) {
	return 392 * time.Millisecond, 3 * time.Second
}

func (w *town) ambush(i int, kill func()) string {
	c, effect := calls[i%len(calls)], w.chance.IntN(2) == 0
	w.hs.Fail(matrixtest.Fault{Kind: c.kind, Skip: w.chance.IntN(c.skip + 1), Times: 1, Commit: effect, Then: kill})
	return c.kind
}
