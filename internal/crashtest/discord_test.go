package crashtest

import (
	"cmp"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
)

// discordFaults are what Discord's HTTP API does wrong while people talk.
var discordFaults = map[string]discordtest.Chances{
	"":         {Limited: 0.01, Refused: 0.01, Lost: 0.01},
	"messages": {Limited: 0.02, Refused: 0.05, Lost: 0.05},
	"send":     {Limited: 0.03, Refused: 0.03, Lost: 0.06},
	"delete":   {Limited: 0.03, Refused: 0.03, Lost: 0.06},
	"timeout":  {Limited: 0.03, Refused: 0.03, Lost: 0.06},
	"original": {Limited: 0.03, Refused: 0.03, Lost: 0.06},
}

// linkFaults are what its gateway does wrong, after so many of its events.
var linkFaults = discordtest.GatewayChances{Reconnect: 0.0007, Cut: 0.0007}

// trap is a moment at which the program is killed: a call of the API, or something on the gateway.
type trap struct {
	call   string
	moment discordtest.Moment
	skip   int           // at most
	late   time.Duration // the call has its effect only so long after
}

// Traps of a life that goes on with its session, and of one whose session was lost.
var (
	kept = []trap{
		{moment: discordtest.OnResume}, {call: "send", skip: 10}, {call: "callback", skip: 3}, {moment: discordtest.OnEvent, skip: 40},
		{call: "delete", skip: 10}, {moment: discordtest.OnResumed}, {call: "original", skip: 3}, {call: "timeout", skip: 3}, {call: "react", skip: 3},
		{call: "timeout", late: afterUndo}, {call: "ban", late: afterUndo}, {call: "unban", late: afterUndo}, {call: "send", skip: 10, late: afterUndo},
	}
	lost = []trap{
		{call: "messages", skip: 3}, {moment: discordtest.OnIdentify}, {call: "send", skip: 10}, {moment: discordtest.OnReady}, {call: "audit log"},
		{moment: discordtest.OnGuilds}, {moment: discordtest.OnEvent, skip: 40}, {call: "messages"}, {call: "gateway bot"},
		{call: "timeout", late: afterUndo}, {call: "ban", late: afterUndo}, {call: "delete", skip: 10, late: afterUndo},
	}
)

// afterUndo is so long that what was ordered may be undone by then.
const afterUndo = 3 * time.Second

const discordConfiguration = `
community: { name: Crash Town, language: en, zone: UTC }
store: %[1]s/palabre.db
listen: ""
rooms:
  general:    { discord: "%[2]s" }
  welcome:    { discord: "%[3]s" }
  moderators: { discord: "%[4]s" }
  hall:       { discord: "%[5]s" }
desk: moderators
discord: { guild: "%[6]s", token: { env: PALABRE_DISCORD_TOKEN }, api_base: "%[7]s", standing: { admin: [Stewards] } }
rules:
  - name: invites
    why: { en: "New accounts may not advertise." }
    on: [message, edit]
    when: { invite: any, account_age: "< 3d" }
    do: [ delete, warn, strike: 1 ]
    mode: enforce
  - name: flood
    why: { en: "No flooding." }
    when: { rate: "> 5 messages in 10s" }
    do: [ delete: burst, warn, strike: 1 ]
    mode: enforce
  - name: medals
    why: { en: "Well done." }
    when: { words: [bravissimo] }
    do: [ role: { give: Medal, for: 1m } ]
    mode: enforce%[8]s
ladder: { decay: 1 per 30d, steps: { 2: { timeout: 10s } } }
activities:
  welcome: { room: welcome, wait: 1s, at_most: 25, wave: 1s }
  prompts: %[9]s
`

// TestNothingIsLostOrDoneTwiceOnDiscord is the same on Discord, with every life going on with the session of the one
// before, and with every life finding it lost: then a new one is begun, and what was missed is read.
//
// With its session kept, everything is counted exactly: deletions, comings and goings too. Discord tells nobody
// later what happened while a session was lost, except messages as they are then, members as they are then, and
// its audit log: these are counted exactly. A message that was deleted meanwhile, the text before an edit, a reaction,
// somebody who came and went or went by themselves, and a slash command that nobody answered are counted at most once.
func TestNothingIsLostOrDoneTwiceOnDiscord(t *testing.T) {
	atOnce(t)
	t.Run("resume", func(t *testing.T) { killOnDiscord(t, false) })
	t.Run("identify", func(t *testing.T) { killOnDiscord(t, true) })
}

func killOnDiscord(t *testing.T, forgetful bool) {
	atOnce(t)
	kills, began := cmp.Or(*lives, *kills, 6), time.Now()
	w := foundGuild(t, *seed, *load)
	w.forgetful = forgetful
	w.base = w.hs.Start(t)
	w.program = install(t, func(folder string) string {
		w.folder = folder
		return w.configure(extra{})
	}, "PALABRE_DISCORD_TOKEN="+discordtest.Token)
	w.timekeeper.Store(w.program)
	w.back.program = w.program
	d := drive(t, w, w.program, 90*time.Second)
	d.run(kills)
	f := auditGuild(t, w, w.program)
	d.report(began, kills, f, w.story())
	sessions := w.hs.Resumes()
	if forgetful {
		sessions = len(w.hs.Identifies()) - 1
	}
	if f.events < len(w.told) || f.orders == 0 || sessions < kills/2 {
		t.Error("hardly anything happened: the test shows nothing")
	}
}

// pace is a part of the load: Discord takes fifty calls a second from one account, and a program that is down most of the
// time, or reads what it missed, could only fall behind.
func (w *guild) pace() int {
	if w.forgetful {
		return max(1, *load/8)
	}
	return max(1, *load/4)
}

func (w *guild) chaos(i int) {
	w.hs.Chaos(*seed+uint64(i), discordFaults)
	w.hs.GatewayChaos(*seed+uint64(i), linkFaults)
}

func (w *guild) calm() {
	w.hs.Chaos(0, nil)
	w.hs.GatewayChaos(0, discordtest.GatewayChances{})
}

func (w *guild) heal() {
	w.hs.Heal()
	w.requests += len(w.hs.Requests())
	w.hs.ClearRequests()
}

// awake lets Discord forget the session when this is what is tried.
func (w *guild) awake(int) {
	if !w.forgetful {
		return
	}
	w.forgetIdentifies()
	w.part()
	w.hs.ForgetSessions()
	w.losses++
	if w.slowly = w.losses%8 == 0; !w.slowly { // op 9 asks for a pause of up to five seconds; this does not
		w.hs.Script(discordtest.Cue{At: discordtest.OnResume, Close: 4009, Reason: "Session timed out."})
	}
}

func (w *guild) spans() (anyTime, longest time.Duration) {
	switch {
	case w.slowly:
		return 8 * time.Second, 10 * time.Second
	case w.forgetful:
		return 3 * time.Second, 5 * time.Second
	}
	return 1500 * time.Millisecond, 3 * time.Second
}

func (w *guild) ambush(i int, kill func()) string {
	traps := kept
	if w.forgetful {
		traps = lost
	}
	trap := traps[i%len(traps)]
	skip := w.chance.IntN(trap.skip + 1)
	if trap.call != "" {
		w.hs.Fail(discordtest.Fault{Kind: trap.call, Skip: skip, Commit: w.chance.IntN(2) == 0, Then: kill, Late: trap.late})
		return strings.TrimSpace(trap.call + " " + strings.Repeat("late", btoi(trap.late > 0)))
	}
	w.hs.Script(discordtest.Cue{At: trap.moment, Skip: skip, Also: true, Then: kill})
	return string(trap.moment)
}

func (w *guild) down() { w.endSieges() }

func (w *guild) behind() *backroom { return w.back }

func (w *guild) asked() int { return len(w.hs.Dials()) }

func (w *guild) met() bool {
	known := w.program.memory(w.t).rows("SELECT name FROM cursors WHERE name IN ('present', 'session', 'commands') AND token <> ''", 1)
	return len(known) == 3
}

// abreast: the program has read what is said last, and what comes after the deeds so far.
func (w *guild) abreast() bool {
	if w.hs.Connected() == 0 {
		return false
	}
	if w.last == "" {
		w.last = w.say(w.guild.Owner, w.name("is that all? "))
	}
	rows := w.program.memory(w.t).rows("SELECT event FROM journal WHERE event = 'discord:"+w.last+"'", 1)
	return len(rows) == 1
}

// forgetIdentifies lets a day pass for the count of new sessions, which hundreds of deaths in an hour would use up.
func (w *guild) forgetIdentifies() {
	db, err := sql.Open("sqlite3", "file:"+w.program.store()+"?_busy_timeout=5000")
	if err != nil {
		w.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("DELETE FROM cursors WHERE name = 'identify'"); err != nil {
		w.t.Fatal(err)
	}
}

// story is what happened to the sessions.
func (w *guild) story() string {
	lost, answered := 0, 0
	for _, h := range w.passing {
		lost += btoi(h.fate == perhaps)
	}
	for _, i := range w.hs.Interactions() {
		answered += btoi(i.Type == slashCommand && !i.Answered.IsZero())
	}
	return fmt.Sprintf(", %d resumes, %d new sessions, %d calls; %d of %d passing things went with a lost session, %d of %d slash commands found nobody; %d of %d silences expired before they could be imposed; nobody waited longer than %s of work",
		w.hs.Resumes(), len(w.hs.Identifies()), w.requests, lost, len(w.passing), len(w.slashes)-answered, len(w.slashes), w.expired, len(w.silenced), w.slowest.Round(time.Millisecond))
}

// newChance gives a source of chance of its own.
func newChance(seed, of uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, of)) }
