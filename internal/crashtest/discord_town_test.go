package crashtest

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
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

	general, welcome, desk string // channels
	regulars, moderators   []discordtest.Person
	named                  int // names given, so that each is new
	turn                   int // whose turn it is among the regulars
	glances                int // of moderators at the desk

	fresh    bool   // this life's session was lost
	refused9 bool   // with op 9
	losses   int    // of sessions
	requests int    // that the program made
	last     string // message after which nothing has happened
	late     int    // silences whose end had come before they could be imposed

	told      map[string]string // event that must be in the journal once -> what it is
	passing   map[string]*happening
	newcomers map[string]bool // users who came, of whom the journal must tell once
	visitors  map[string]bool // of them, those who left
	waiting   []discordtest.Person
	bad       map[string]string // message that must be taken away once -> by which rule
	offences  map[offence]int   // cases that must be there
	commands  map[string]string // accepted command -> its name
	refused   map[string]bool   // command that must be answered once, and nothing else
	slashes   map[string]slash  // interaction -> what it does when it is heard
	silenced  map[string]bool   // users who must have been silenced, and be free in the end
	byHand    map[string]bool   // users whom a moderator silenced without Palabre, and who must be free in the end
	toUndo    map[string]bool   // names of users who are silenced until somebody undoes it
	users     map[string]string // name -> user
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
		t: t, hs: discordtest.New(discordtest.Options{}), random: newChance(seed, 1), chance: newChance(seed, 3),
		told: map[string]string{}, passing: map[string]*happening{}, newcomers: map[string]bool{}, visitors: map[string]bool{},
		bad: map[string]string{}, offences: map[offence]int{}, commands: map[string]string{}, refused: map[string]bool{},
		slashes: map[string]slash{}, silenced: map[string]bool{}, byHand: map[string]bool{}, toUndo: map[string]bool{}, users: map[string]string{},
	}
	w.guild = w.hs.Guild("Crash Town")
	w.general, w.welcome, w.desk = w.guild.Text("general"), w.guild.Text("welcome"), w.guild.Text("moderators")
	w.guild.Place(w.guild.BotRole(), 5)
	for i := range 3 {
		w.moderators = append(w.moderators, w.guild.Moderator(fmt.Sprintf("mod%d", i)))
	}
	for i := range regularsFor(load) {
		w.regulars = append(w.regulars, w.guild.Member(fmt.Sprintf("regular%d", i)))
	}
	return w
}

// customs is what people do on Discord, each as often as its weight says.
var customs = []deed[*guild]{
	{44, (*guild).talk},
	{4, (*guild).correct},
	{4, (*guild).regret},
	{4, (*guild).nod},
	{7, (*guild).arrive},
	{4, (*guild).visit},
	{4, (*guild).hesitate},
	{4, (*guild).decide},
	{9, (*guild).advertise},
	{3, (*guild).recommend},
	{4, (*guild).smuggle},
	{2, (*guild).flood},
	{2, (*guild).raid},
	{4, (*guild).warn},
	{4, (*guild).silenceShortly},
	{2, (*guild).silenceForLong},
	{2, (*guild).silenceByHand},
	{2, (*guild).usurp},
	{3, (*guild).warnBySlash},
	{3, (*guild).silenceBySlash},
}

func (w *guild) act() {
	w.last = ""
	choose(w.random, customs)(w)
}

func (w *guild) settle() bool { return len(w.toUndo) == 0 }

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

func (w *guild) say(p discordtest.Person, text string) string { return w.sayIn(w.general, p, text) }

func (w *guild) sayIn(channel string, p discordtest.Person, text string) string {
	w.t.Helper()
	id, err := p.Say(channel, text)
	w.must("message", err)
	w.told["discord:"+id] = "message"
	return id
}

func (w *guild) talk() { w.say(w.regular(), w.name("what a nice day, number ")) }

// edit changes a message; the event's name holds when.
func (w *guild) edit(p discordtest.Person, id, text string) {
	w.must("edit", p.Edit(w.general, id, text))
	m, _ := w.hs.Message(w.general, id)
	w.pass(fmt.Sprintf("%s:%d", id, m.Edited.UnixMicro()), "edit")
}

func (w *guild) correct() {
	p := w.regular()
	w.edit(p, w.say(p, w.name("a word with a mitsake ")), w.name("a word without "))
}

// regret is a message that its author takes back at once: who does not hear of it then cannot read it later.
func (w *guild) regret() {
	p := w.regular()
	id, err := p.Say(w.general, w.name("I should not say this "))
	w.must("message", err)
	w.pass(id, "message taken back")
	w.must("deletion", p.Delete(w.general, id))
	w.pass(id+":del", "deletion")
}

func (w *guild) nod() {
	said, p := w.say(w.regular(), w.name("who agrees? ")), w.regular()
	w.must("reaction", p.React(w.general, said, "👍"))
	w.pass("reaction:"+said+":"+p.ID, "reaction")
}

func (w *guild) arrive() { w.say(w.newcomer("newcomer"), w.name("hello ")) }

// visit is somebody who comes and goes at once.
func (w *guild) visit() {
	p := w.newcomer("visitor")
	w.pass("joined:"+p.ID, "coming of a visitor")
	w.must("leave", p.Leave(w.guild.ID))
	w.pass("left:"+p.ID, "leaving")
	w.visitors[p.ID] = true
}

// hesitate is somebody who does not pass the screening yet.
func (w *guild) hesitate() { w.waiting = append(w.waiting, w.enter("hesitant", true)) }

// decide is one of them who does.
func (w *guild) decide() {
	if len(w.waiting) == 0 {
		return
	}
	p := w.waiting[0]
	w.waiting = w.waiting[1:]
	w.must("accept", p.Accept(w.guild.ID))
	w.newcomers[p.ID] = true
}

func (w *guild) advertise() {
	p := w.newcomer("spammer")
	w.bad[w.say(p, invitation(w.name("ad")))] = "invites"
	w.offences[offence{p.ID, "invites"}]++
}

// recommend is an invitation by somebody who may.
func (w *guild) recommend() { w.say(w.regular(), invitation(w.name("friends"))) }

// smuggle is an invitation that an edit puts into an innocent message. Who was away reads it as it is.
func (w *guild) smuggle() {
	p := w.newcomer("smuggler")
	said := w.say(p, w.name("innocent "))
	w.edit(p, said, invitation(w.name("ad")))
	w.bad[said] = "invites"
	w.offences[offence{p.ID, "invites"}]++
}

func (w *guild) flood() {
	p := w.newcomer("flooder")
	for range 8 {
		w.bad[w.say(p, w.name("me "))] = "flood"
	}
	w.offences[offence{p.ID, "flood"}]++
}

// raid is an invitation and a flood: two strikes, and so a timeout.
func (w *guild) raid() {
	p := w.newcomer("raider")
	w.bad[w.say(p, invitation(w.name("ad")))] = "invites"
	for range 7 {
		id, err := p.Say(w.general, w.name("me "))
		if errors.Is(err, discordtest.ErrRefused) {
			break
		}
		w.must("message", err)
		w.told["discord:"+id], w.bad[id] = "message", "flood"
	}
	w.offences[offence{p.ID, "invites"}]++
	w.offences[offence{p.ID, "flood"}]++
	w.silenced[p.ID] = true
}

// command lets a moderator type something, in the general room or at the desk.
func (w *guild) command(name, args string) {
	channel := w.general
	if w.random.IntN(2) == 0 {
		channel = w.desk
	}
	id := w.sayIn(channel, w.moderator(), "!"+name+" "+args)
	w.told["discord:"+id+":cmd"] = "command"
	w.commands[id] = name
}

func (w *guild) warn() {
	p := w.newcomer("rascal")
	w.command("warn", p.ID+" please stop")
	w.offences[offence{p.ID, "warn"}]++
}

func (w *guild) silenceShortly() {
	p := w.newcomer("noisy")
	w.command("timeout", "<@"+p.ID+"> 8s calm down")
	w.offences[offence{p.ID, "timeout"}]++
	w.silenced[p.ID] = true
}

func (w *guild) silenceForLong() {
	p := w.newcomer("noisier")
	w.command("timeout", p.ID+" 1h calm down")
	w.offences[offence{p.ID, "timeout"}]++
	w.silenced[p.ID], w.toUndo[p.ID] = true, true
}

// silenceByHand is a moderator who uses Discord itself. The audit log tells, and it is a case like any other, which
// another moderator undoes.
func (w *guild) silenceByHand() {
	p := w.newcomer("rude")
	w.must("timeout", w.moderator().Timeout(w.guild.ID, p.ID, w.hs.Now().Add(time.Hour), "rude"))
	w.offences[offence{p.ID, "timeout"}]++
	w.byHand[p.ID], w.toUndo[p.ID] = true, true
}

// usurp is a member who calls what only moderators may.
func (w *guild) usurp() {
	p := w.newcomer("usurper")
	id := w.say(p, "!timeout <@"+w.moderators[0].ID+"> 1h")
	w.told["discord:"+id+":cmd"] = "command"
	w.refused[id] = true
}

// slash lets a moderator call a command.
func (w *guild) slash(name string, options map[string]any, then slash) {
	i, err := w.moderator().Invoke(w.general, name, options)
	w.must("slash command", err)
	w.pass(i.ID, "slash command")
	w.slashes[i.ID] = then
}

func (w *guild) warnBySlash() {
	p := w.newcomer("scamp")
	w.slash("warn", map[string]any{"member": p.ID, "reason": "please stop"}, slash{offence: offence{p.ID, "warn"}})
}

func (w *guild) silenceBySlash() {
	p := w.newcomer("loud")
	w.slash("timeout", map[string]any{"member": p.ID, "duration": "8s", "reason": "calm down"}, slash{offence{p.ID, "timeout"}, true})
}

// deskLine is how a case of a moderator's long timeout is told at the desk: by name, or by id while the program does
// not know the names yet.
var deskLine = regexp.MustCompile(`#(\d+)\W+(\w+): timeout 1 hour`)

// forgive lets moderators undo the long timeouts that they read of, when they look.
func (w *guild) forgive() {
	if w.glances++; len(w.toUndo) == 0 || w.glances%10 != 0 {
		return
	}
	for _, text := range w.hs.Texts(w.desk) {
		m := deskLine.FindStringSubmatch(text)
		if m == nil {
			continue
		}
		user := cmp.Or(w.users[m[2]], m[2])
		if !w.toUndo[user] {
			continue
		}
		delete(w.toUndo, user)
		w.last = ""
		w.command("undo", m[1]+" enough")
	}
}

// pileUp is more talk than one page of messages: what happens while nobody reads.
func (w *guild) pileUp() {
	for range 150 {
		w.talk()
	}
}

// rest is what must have been said in the end: every silenced user may speak again.
func (w *guild) rest() error {
	var errs []error
	now := w.hs.Now()
	for id, m := range w.hs.Members(w.guild.ID) {
		if (w.silenced[id] || w.byHand[id]) && m.Until.After(now) {
			errs = append(errs, fmt.Errorf("%s is still silenced until %s", m.Name, m.Until))
		}
	}
	return errors.Join(errs...)
}
