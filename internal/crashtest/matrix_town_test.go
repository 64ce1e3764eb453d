package crashtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/adapters/matrix/matrixtest"
)

// town is the community: what people do there, and what must come of it.
type town struct {
	t      *testing.T
	hs     *matrixtest.Server
	random *rand.Rand // of what people do
	chance *rand.Rand // of when the program dies at a call
	token  string     // of Palabre's account
	self   string

	program *program
	ways    []deed[*town] // what people do

	back        *backroom
	folder, url string // of the program, and of the homeserver

	general, welcome, desk, hall string // rooms
	admin                        matrixtest.Person
	rooms                        []string // all of them, with the space
	regulars, moderators         []matrixtest.Person
	named                        int // of names given, so that each is new
	sieges                       []siege
	turn                         int                  // whose turn it is among the regulars
	spoke                        map[string]time.Time // user -> when their turn was last

	told      map[string]string   // event that must be in the journal once -> what it is
	newcomers map[string][]string // user -> their join events, of which one must be in the journal
	leavers   map[string][]string // user -> their leave events, of which one must be in the journal
	bad       map[string]string   // message that must be taken away once -> by which rule
	revised   map[string]string   // edit that must be taken away, by itself or with its message -> that message
	maybe     map[string]bool     // message that may be taken away or not
	offences  map[offence]int     // cases that must be there
	commands  map[string]string   // accepted command -> its name
	typed     map[string]typed    // whom a command is about, or the case -> the last one
	repeated  map[string]int      // whom a command was about -> how often it was typed again
	refused   map[string]bool     // command that must be answered once, and nothing else
	silenced  map[string]bool     // users who must have been silenced, and be free in the end
	banned    map[string]bool     // users who must have been banned -> whether they must be out in the end
	toUndo    map[string]bool     // users who are silenced or banned until somebody undoes it
}

type offence struct{ user, rule string }

// regularsFor is how many regulars there are at first for a load, in things done a second.
func regularsFor(load int) int { return 200 + 5*load }

func found(t *testing.T, seed uint64, load int) *town {
	t.Helper()
	w := &town{
		t: t, ways: deeds, hs: matrixtest.New(), random: rand.New(rand.NewPCG(seed, 1)),
		told: map[string]string{}, newcomers: map[string][]string{}, leavers: map[string][]string{}, bad: map[string]string{},
		revised: map[string]string{}, maybe: map[string]bool{}, offences: map[offence]int{}, commands: map[string]string{}, typed: map[string]typed{}, repeated: map[string]int{}, refused: map[string]bool{},
		silenced: map[string]bool{}, banned: map[string]bool{}, toUndo: map[string]bool{}, spoke: map[string]time.Time{},
	}
	w.self, w.token = w.hs.Account("palabre")
	levels := map[string]int{}
	staff, members := []string{}, []string{}
	for i := range 3 {
		m := w.hs.Person(fmt.Sprintf("mod%d", i))
		w.moderators, staff, levels[m.ID] = append(w.moderators, m), append(staff, m.ID), 50
	}
	for i := range regularsFor(load) {
		p := w.hs.Person(fmt.Sprintf("regular%d", i))
		w.regulars, members = append(w.regulars, p), append(members, p.ID)
	}
	room := func(alias string, members ...string) string {
		return w.hs.Room(matrixtest.Plan{Alias: alias, Owner: w.self, Levels: levels, Members: members})
	}
	w.admin = w.hs.Person("admin")
	staff, levels[w.admin.ID] = append(staff, w.admin.ID), 100
	w.general = room("general", append(staff, members...)...)
	w.hall = room("hall", staff...)
	w.welcome = room("welcome", staff...)
	w.desk = room("moderators", staff...)
	space := w.hs.Room(matrixtest.Plan{Alias: "town", Space: true, Owner: w.self, Members: staff, Children: []string{w.general, w.hall, w.welcome, w.desk}})
	w.rooms = []string{w.general, w.hall, w.welcome, w.desk, space}
	w.back = newBackroom(t, w, w.random, w.bad, w.offences)
	return w
}

// deeds is what people do, each as often as its weight says.
var deeds = []deed[*town]{
	{48, (*town).talk},
	{4, (*town).correct},
	{3, (*town).regret},
	{3, (*town).nod},
	{8, (*town).arrive},
	{4, (*town).visit},
	{10, (*town).advertise},
	{4, (*town).smuggle},
	{3, (*town).flood},
	{3, (*town).raid},
	{2, (*town).besiege},
	{4, (*town).warn},
	{4, (*town).silenceShortly},
	{3, (*town).silenceForLong},
	{3, (*town).ban},
	{3, (*town).banInHaste},
	{2, (*town).usurp},
	{2, func(w *town) { w.back.doubt() }},
	{4, func(w *town) { w.back.provoke() }},
	{1, (*town).stampede},
}

// deed is something that people of a place do.
type deed[W any] struct {
	weight int
	do     func(W)
}

// choose takes one of several deeds, each as often as its weight says.
func choose[W any](random *rand.Rand, deeds []deed[W]) func(W) {
	total := 0
	for _, d := range deeds {
		total += d.weight
	}
	x := random.IntN(total)
	for _, d := range deeds {
		if x -= d.weight; x < 0 {
			return d.do
		}
	}
	return deeds[0].do
}

// act lets somebody do something.
func (w *town) act() { choose(w.random, w.ways)(w) }

// must notes an event that the journal has to hold, and fails when the homeserver refused it.
func (w *town) must(what string) func(id string, err error) string {
	return func(id string, err error) string {
		w.t.Helper()
		if err != nil {
			w.t.Fatalf("%s: %v", what, err)
		}
		w.told["matrix:"+id] = what
		return id
	}
}

func (w *town) name(what string) string {
	w.named++
	return fmt.Sprintf("%s%d", what, w.named)
}

// calm is how long a regular waits for their next turn, so that nobody ever talks too fast.
const calm = 3 * time.Second

// regular is whose turn it is. When all of them have just spoken, somebody new takes the turn.
func (w *town) regular() matrixtest.Person {
	w.turn++
	p := w.regulars[w.turn%len(w.regulars)]
	if time.Since(w.spoke[p.ID]) < calm {
		p = w.newcomer("regular")
		w.regulars = append(w.regulars, p)
	}
	w.spoke[p.ID] = time.Now()
	return p
}

// newcomer is somebody new, in the general room and sometimes in the one for newcomers first.
func (w *town) newcomer(what string) matrixtest.Person {
	p := w.hs.Person(w.name(what))
	rooms := []string{w.general}
	switch w.random.IntN(4) {
	case 0:
		rooms = []string{w.welcome, w.general}
	case 1:
		rooms = []string{w.general, w.welcome}
	}
	for _, room := range rooms {
		id, err := p.Join(room)
		if err != nil {
			w.t.Fatalf("join: %v", err)
		}
		w.newcomers[p.ID] = append(w.newcomers[p.ID], "matrix:"+id)
	}
	return p
}

func (w *town) say(p matrixtest.Person, text string) string {
	w.t.Helper()
	return w.must("message")(p.Say(w.general, text))
}

func (w *town) talk() { w.say(w.regular(), w.name("what a nice day, number ")) }

func (w *town) correct() {
	p := w.regular()
	said := w.say(p, w.name("a word with a mitsake "))
	w.must("edit")(p.Edit(w.general, said, w.name("a word without ")))
}

func (w *town) regret() {
	p := w.regular()
	said := w.say(p, w.name("I should not say this "))
	w.must("deletion")(p.Redact(w.general, said))
}

func (w *town) nod() {
	said := w.say(w.regular(), w.name("who agrees? "))
	w.must("reaction")(w.regular().React(w.general, said, "👍"))
}

func (w *town) arrive() { w.say(w.newcomer("newcomer"), w.name("hello ")) }

// visit is somebody who comes and goes at once.
func (w *town) visit() {
	p := w.newcomer("visitor")
	for _, room := range []string{w.general, w.welcome} {
		if w.hs.Membership(room, p.ID) != "join" {
			continue
		}
		id, err := p.Leave(room)
		if err != nil {
			w.t.Fatalf("leave: %v", err)
		}
		w.leavers[p.ID] = append(w.leavers[p.ID], "matrix:"+id)
	}
}

func invitation(name string) string { return "come to discord.gg/" + name }

func (w *town) advertise() {
	p := w.newcomer("spammer")
	w.bad[w.say(p, invitation(w.name("ad")))] = "invites"
	w.offences[offence{p.ID, "invites"}]++
}

// smuggle is an invitation that an edit puts into an innocent message.
func (w *town) smuggle() {
	p := w.newcomer("smuggler")
	said := w.say(p, w.name("innocent "))
	w.revised[w.must("edit")(p.Edit(w.general, said, invitation(w.name("ad"))))] = said
	w.offences[offence{p.ID, "invites"}]++
}

func (w *town) flood() {
	p := w.newcomer("flooder")
	for range 8 {
		w.bad[w.say(p, w.name("me "))] = "flood"
	}
	w.offences[offence{p.ID, "flood"}]++
}

// raid is an invitation and a flood: two strikes, and so a timeout.
func (w *town) raid() {
	p := w.newcomer("raider")
	w.bad[w.say(p, invitation(w.name("ad")))] = "invites"
	for range 7 {
		id, err := p.Say(w.general, w.name("me "))
		if errors.Is(err, matrixtest.ErrRefused) {
			break // silenced already
		}
		w.bad[w.must("message")(id, err)] = "flood"
	}
	w.offences[offence{p.ID, "invites"}]++
	w.offences[offence{p.ID, "flood"}]++
	w.silenced[p.ID] = true
}

// siege is a flood that is not over yet.
type siege struct {
	by    matrixtest.Person
	said  []string
	since time.Time
}

// besiege begins a flood that goes on when the program is down: by itself, this half is none.
func (w *town) besiege() {
	s := siege{by: w.newcomer("besieger"), since: w.program.now()}
	for range 3 {
		s.said = append(s.said, w.say(s.by, w.name("me ")))
	}
	w.sieges = append(w.sieges, s)
}

// surelyInWindow is how long after its first half a flood's second half finds it in the rule's 10 seconds.
const surelyInWindow = 8 * time.Second

// endSieges is the second half, which is a flood by itself; what was said before belongs to it if it is not too old.
func (w *town) endSieges() {
	for _, s := range w.sieges {
		for range 6 {
			w.bad[w.say(s.by, w.name("me "))] = "flood"
		}
		for _, id := range s.said {
			if w.program.now().Sub(s.since) < surelyInWindow {
				w.bad[id] = "flood"
			} else {
				w.maybe[id] = true
			}
		}
		w.offences[offence{s.by.ID, "flood"}]++
	}
	w.sieges = nil
}

// command lets a moderator call something, in the general room or at the desk.
func (w *town) command(name, args string) {
	room := w.general
	if w.random.IntN(2) == 0 {
		room = w.desk
	}
	m := w.moderators[w.random.IntN(len(w.moderators))]
	id := w.must("command's message")(m.Say(room, "!"+name+" "+args))
	w.told["matrix:"+id+":cmd"] = "command"
	w.commands[id] = name
	about, _, _ := strings.Cut(args, " ")
	w.typed[about] = typed{id, name, args}
}

// typed is a command as it was typed.
type typed struct{ id, name, args string }

// stillUnknown is what a moderator reads whose command came before the room was read to which somebody came.
var stillUnknown = regexp.MustCompile(`I do not know a member .*?((?:rascal|noisy|noisier|outlaw|suspect)\d+)`)

// typeAgain repeats commands about people whom the program did not know yet, once for each time that it said so.
func (w *town) typeAgain() {
	times := map[string]int{}
	for _, text := range w.hs.Shown(w.desk) {
		m := stillUnknown.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		user := "@" + m[1] + ":localhost"
		if times[user]++; times[user] <= w.repeated[user] {
			continue
		}
		w.repeated[user]++
		t := w.typed[user]
		delete(w.commands, t.id)
		w.command(t.name, t.args)
	}
}

func (w *town) warn() {
	p := w.newcomer("rascal")
	w.command("warn", p.ID+" please stop")
	w.offences[offence{p.ID, "warn"}]++
}

func (w *town) silenceShortly() {
	p := w.newcomer("noisy")
	w.command("timeout", p.ID+" 2s calm down")
	w.offences[offence{p.ID, "timeout"}]++
	w.silenced[p.ID] = true
}

func (w *town) silenceForLong() {
	p := w.newcomer("noisier")
	w.command("timeout", p.ID+" 1h calm down")
	w.offences[offence{p.ID, "timeout"}]++
	w.silenced[p.ID], w.toUndo[p.ID] = true, true
}

func (w *town) ban() {
	p := w.newcomer("outlaw")
	w.command("ban", p.ID+" enough")
	w.offences[offence{p.ID, "ban"}]++
	w.banned[p.ID] = true
}

// banInHaste is a ban that is undone.
func (w *town) banInHaste() {
	p := w.newcomer("suspect")
	w.command("ban", p.ID+" enough")
	w.offences[offence{p.ID, "ban"}]++
	w.banned[p.ID], w.toUndo[p.ID] = false, true
}

// usurp is a member who calls what only moderators may.
func (w *town) usurp() {
	p := w.newcomer("usurper")
	id := w.say(p, "!timeout @mod0:localhost 1h")
	w.told["matrix:"+id+":cmd"] = "command"
	w.refused[id] = true
}

// caseLine is how a case that will be undone begins in the desk's room.
var caseLine = regexp.MustCompile(`^\W*#(\d+)\W+((?:noisier|suspect)\d+): (?:timeout|ban)`)

// forgive lets moderators undo what they read of and what was too much.
func (w *town) forgive() {
	w.typeAgain()
	for _, text := range w.hs.Shown(w.desk) {
		m := caseLine.FindStringSubmatch(text)
		if m == nil || !w.toUndo["@"+m[2]+":localhost"] {
			continue
		}
		delete(w.toUndo, "@"+m[2]+":localhost")
		w.command("undo", m[1]+" enough")
	}
}

// pileUp is more talk than one sync brings: what happens while nobody reads.
func (w *town) pileUp() {
	for range 150 {
		w.talk()
	}
}

// rest is what must still change: every silenced user may speak again, and who is banned is out.
func (w *town) rest() error {
	var errs []error
	for user := range w.silenced {
		for _, room := range w.rooms {
			if level, still := w.hs.Levels(room)[user]; still {
				errs = append(errs, fmt.Errorf("%s still has level %s in %s", user, strconv.Itoa(level), room))
			}
		}
	}
	for user, out := range w.banned {
		for _, room := range w.rooms {
			if is := w.hs.Membership(room, user) == "ban"; is != out && !w.waits(user) {
				errs = append(errs, fmt.Errorf("%s is %s in %s", user, w.hs.Membership(room, user), room))
			}
		}
	}
	if w.hs.State(w.hall, "m.room.power_levels")[lockedKey] != nil {
		errs = append(errs, errors.New("the hall is still locked"))
	}
	return errors.Join(errs...)
}

// lockedKey is where the adapter notes a lock.
const lockedKey = "fr.palabre.locked"

// waits tells whether the operator left somebody's ban where it is held.
func (w *town) waits(user string) bool { return w.back.stays(user) }

// stampede is something in the hall after which the hall is closed, unless it is.
func (w *town) stampede() {
	p := w.newcomer("stampeder")
	id, err := p.Join(w.hall)
	w.newcomers[p.ID] = append(w.newcomers[p.ID], "matrix:"+w.must("join")(id, err))
	delete(w.told, "matrix:"+id)
	id, err = p.Say(w.hall, w.name("stampede "))
	if errors.Is(err, matrixtest.ErrRefused) {
		return
	}
	w.must("message")(id, err)
	w.offences[offence{p.ID, "stampede"}]++
}
