package crashtest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
)

// guild is the same community on Discord: what people do there, and what must come of it.
type guild struct {
	t       *testing.T
	hs      *discordtest.Server
	guild   discordtest.Guild
	random  *rand.Rand // of what people do
	chance  *rand.Rand // of when the program dies
	program *program
	// timekeeper is the program once it is installed: Discord asks for the time before.
	timekeeper atomic.Pointer[program]

	back         *backroom
	folder, base string // of the program, and of the API

	general, welcome, desk, hall string // channels
	medal                        string // a role
	regulars, moderators         []discordtest.Person
	settlers                     []discordtest.Person // who will leave some day
	departed                     int                  // of them, how many have
	named                        int                  // names given, so that each is new
	turn                         int                  // whose turn it is among the regulars
	glances                      int                  // of moderators at the desk

	forgetful bool   // Discord forgets the session of every life
	slowly    bool   // it says so with op 9
	losses    int    // of sessions
	requests  int    // that the program made
	last      string // message after which nothing has happened

	expired int           // silences whose end had come before they could be imposed
	slowest time.Duration // of what somebody waited for, in time that the program worked

	told      map[string]string // event that must be in the journal once -> what it is
	passing   map[string]*happening
	newcomers map[string]bool // users who came, of whom the journal must tell once
	guests    map[string]bool // of them, those who did not stay
	waiting   []discordtest.Person
	bad       map[string]string // message that must be taken away once -> by which rule
	maybe     map[string]bool   // message that may be taken away or not
	offences  map[offence]int   // cases that must be there
	commands  map[string]string // accepted command -> its name
	refused   map[string]bool   // command that must be answered once, and nothing else
	slashes   map[string]slash  // interaction -> what it does when it is heard
	silenced  map[string]bool   // users who must have been silenced, and be free in the end
	byHand    map[string]bool   // of them, those whom a moderator silenced without Palabre
	banned    map[string]ban    // users who must have been banned
	kicked    map[string]bool   // users whom a moderator put out without Palabre
	toUndo    map[string]bool   // users who are silenced or banned until somebody undoes it
	undone    map[string]bool   // users of whom it was undone
	users     map[string]string // name -> user
	sieges    []assault
	heroes    []string // users who must have got a medal, and have none in the end
}

// ban is how somebody was banned.
type ban struct {
	byHand bool // by a moderator, without Palabre
	undone bool // in the end
}

// assault is a flood that is not over yet.
type assault struct {
	by    discordtest.Person
	said  []string
	since time.Time
}

// slash is a command that its caller knows the fate of: who gets no answer within three seconds calls again.
type slash struct {
	offence
	silences bool
}

// happening is something that only the gateway tells of. It is in the journal once if the session was resumed
// until it was committed; if the session was lost before, it may be or not.
type happening struct {
	what string
	at   map[string]int // sessions' sequence numbers after it
	fate fate
}

type fate int

const (
	undecided fate = iota
	certain
	perhaps
)

func foundGuild(t *testing.T, seed uint64, load int) *guild {
	t.Helper()
	w := &guild{
		t: t, random: newChance(seed, 1), chance: newChance(seed, 3),
		told: map[string]string{}, passing: map[string]*happening{}, newcomers: map[string]bool{}, guests: map[string]bool{},
		bad: map[string]string{}, maybe: map[string]bool{}, offences: map[offence]int{}, commands: map[string]string{}, refused: map[string]bool{},
		slashes: map[string]slash{}, silenced: map[string]bool{}, byHand: map[string]bool{}, users: map[string]string{},
		banned: map[string]ban{}, kicked: map[string]bool{}, toUndo: map[string]bool{}, undone: map[string]bool{},
	}
	w.hs = discordtest.New(discordtest.Options{Clock: w.now, ListEvery: 2 * time.Second})
	w.guild = w.hs.Guild("Crash Town")
	w.hall, w.medal = w.guild.Text("hall"), w.guild.Role("Medal", 0)
	w.general, w.welcome, w.desk = w.guild.Text("general"), w.guild.Text("welcome"), w.guild.Text("moderators")
	w.guild.Give(w.guild.Owner, w.guild.Role("Stewards", 0))
	w.guild.Place(w.guild.BotRole(), 5)
	w.back = newBackroom(t, w, w.random, w.bad, w.offences)
	for i := range 3 {
		w.moderators = append(w.moderators, w.guild.Moderator(fmt.Sprintf("mod%d", i)))
	}
	for i := range regularsFor(load) {
		w.regulars = append(w.regulars, w.guild.Member(fmt.Sprintf("regular%d", i)))
	}
	for i := range 100 {
		w.settlers = append(w.settlers, w.guild.Member(fmt.Sprintf("settler%d", i)))
	}
	return w
}

func (w *guild) act() {
	w.last = ""
	choose(w.random, customs)(w)
}

func (w *guild) settle() bool { return !w.somebodyWaits() }

func (w *guild) String() string {
	cursors := w.program.memory(w.t).rows("SELECT name, token FROM cursors", 2)
	return fmt.Sprintf("to be forgiven: %v; read to %v; connected: %d; sessions %v; desk: %q", w.toUndo, cursors, w.hs.Connected(), w.hs.Sessions(), w.hs.Texts(w.desk))
}

// must fails when Discord refused what somebody did.
func (w *guild) must(what string, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatalf("%s: %v", what, err)
	}
}

// pass notes something that only the gateway tells of.
func (w *guild) pass(event, what string) {
	w.passing["discord:"+event] = &happening{what: what, at: w.hs.Sessions()}
}

// part is the end of all sessions: what is committed is certain, what is not may never be heard of.
func (w *guild) part() {
	rows := w.program.memory(w.t).rows("SELECT name, token FROM cursors WHERE name = 'session'", 2)
	var committed struct {
		ID  string `json:"id"`
		Seq int    `json:"seq"`
	}
	if len(rows) == 1 {
		w.must("cursor", json.Unmarshal([]byte(rows[0][1]), &committed))
	}
	for _, h := range w.passing {
		if h.fate != undecided {
			continue
		}
		h.fate = perhaps
		if seq, told := h.at[committed.ID]; told && seq <= committed.Seq {
			h.fate = certain
		}
	}
}

// end is what is known when the program has read all: what the last session told is certain.
func (w *guild) end() {
	living := w.hs.Sessions()
	for _, h := range w.passing {
		if h.fate != undecided {
			continue
		}
		h.fate = perhaps
		for session := range h.at {
			if _, lives := living[session]; lives && len(living) == 1 {
				h.fate = certain
			}
		}
	}
}

func (w *guild) name(what string) string {
	w.named++
	return fmt.Sprintf("%s%d", what, w.named)
}

func (w *guild) regular() discordtest.Person {
	w.turn++
	return w.regulars[w.turn%len(w.regulars)]
}

func (w *guild) moderator() discordtest.Person { return w.moderators[w.random.IntN(len(w.moderators))] }

// enter is somebody new with an account of a day, who has still to pass the screening when there is one.
func (w *guild) enter(what string, screened bool) discordtest.Person {
	name := w.name(what)
	p := w.hs.PersonAged(name, 24*time.Hour)
	w.users[name] = p.ID
	w.guild.Screening(screened)
	w.must("join", p.Join(w.guild.ID))
	w.guild.Screening(false)
	return p
}

func (w *guild) newcomer(what string) discordtest.Person {
	screened := w.random.IntN(3) == 0
	p := w.enter(what, screened)
	if screened {
		w.must("accept", p.Accept(w.guild.ID))
	}
	w.newcomers[p.ID] = true
	return p
}

// rest is what must still change: every silenced user may speak again, and who is banned is out.
func (w *guild) rest() error {
	var errs []error
	now, out := w.hs.Now(), w.hs.Bans(w.guild.ID)
	for id, m := range w.hs.Members(w.guild.ID) {
		if w.silenced[id] && m.Until.After(now) {
			errs = append(errs, fmt.Errorf("%s is still silenced until %s", m.Name, m.Until))
		}
	}
	for id, b := range w.banned {
		if _, is := out[id]; is == b.undone && !w.waits(id) {
			errs = append(errs, fmt.Errorf("%s: banned %t, undone %t", id, is, b.undone))
		}
	}
	if w.hs.Slowed(w.hall) > 0 {
		errs = append(errs, errors.New("the hall is still slow"))
	}
	for id, may := range w.hs.Overwrites(w.hall) {
		if may[1] != 0 {
			errs = append(errs, fmt.Errorf("the hall is still closed to %s", id))
		}
	}
	for id, m := range w.hs.Members(w.guild.ID) {
		if slices.Contains(m.Roles, w.medal) {
			errs = append(errs, fmt.Errorf("%s still has the medal", id))
		}
	}
	return errors.Join(errs...)
}
