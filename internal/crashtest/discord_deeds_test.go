package crashtest

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"time"

	"palabre/adapters/discord/discordtest"
)

// customs is what people do on Discord, each as often as its weight says.
var customs = []deed[*guild]{
	{44, (*guild).talk},
	{4, (*guild).correct},
	{4, (*guild).regret},
	{4, (*guild).nod},
	{7, (*guild).arrive},
	{4, (*guild).visit},
	{2, (*guild).depart},
	{4, (*guild).hesitate},
	{4, (*guild).decide},
	{9, (*guild).advertise},
	{3, (*guild).recommend},
	{4, (*guild).smuggle},
	{2, (*guild).flood},
	{2, (*guild).raid},
	{2, (*guild).besiege},
	{1, (*guild).swarm},
	{4, (*guild).warn},
	{4, (*guild).silenceShortly},
	{2, (*guild).silenceForLong},
	{2, (*guild).silenceByHand},
	{2, (*guild).ban},
	{2, (*guild).banInHaste},
	{2, (*guild).banByHand},
	{1, (*guild).banByHandInHaste},
	{2, (*guild).kickByHand},
	{2, (*guild).usurp},
	{3, (*guild).warnBySlash},
	{3, (*guild).silenceBySlash},
	{2, func(w *guild) { w.back.doubt() }},
	{4, func(w *guild) { w.back.provoke() }},
	{1, (*guild).stampede},
	{2, (*guild).applaud},
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
	p := w.guest("visitor")
	w.must("leave", p.Leave(w.guild.ID))
	w.pass("left:"+p.ID, "leaving")
}

// guest is somebody new who will not stay: who looks for them later finds nobody.
func (w *guild) guest(what string) discordtest.Person {
	p := w.newcomer(what)
	w.pass("joined:"+p.ID, "coming of a guest")
	w.guests[p.ID] = true
	return p
}

// depart is somebody who leaves after a long time.
func (w *guild) depart() {
	if w.departed == len(w.settlers) {
		return
	}
	p := w.settlers[w.departed]
	w.departed++
	w.must("leave", p.Leave(w.guild.ID))
	w.pass("left:"+p.ID, "leaving")
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

// swarm is several newcomers at once with the same message.
func (w *guild) swarm() {
	ad := invitation(w.name("ad"))
	var all []discordtest.Person
	for range 6 {
		all = append(all, w.newcomer("drone"))
	}
	for _, p := range all {
		w.bad[w.say(p, ad)] = "invites"
		w.offences[offence{p.ID, "invites"}]++
	}
}

// besiege begins a flood that goes on when the program is down: by itself, this half is none.
func (w *guild) besiege() {
	a := assault{by: w.newcomer("besieger"), since: w.now()}
	for range 3 {
		a.said = append(a.said, w.say(a.by, w.name("me ")))
	}
	w.sieges = append(w.sieges, a)
}

// endSieges is the second half, which is a flood by itself; what was said before belongs to it if it is not too old.
func (w *guild) endSieges() {
	for _, a := range w.sieges {
		for range 6 {
			w.bad[w.say(a.by, w.name("me "))] = "flood"
		}
		for _, id := range a.said {
			if w.now().Sub(a.since) < surelyInWindow {
				w.bad[id] = "flood"
			} else {
				w.maybe[id] = true
			}
		}
		w.offences[offence{a.by.ID, "flood"}]++
	}
	w.sieges = nil
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
	w.silenced[p.ID], w.byHand[p.ID], w.toUndo[p.ID] = true, true, true
}

func (w *guild) ban()        { w.banAs("outlaw", ban{}) }
func (w *guild) banInHaste() { w.banAs("suspect", ban{undone: true}) }

// banAs bans somebody by a command.
func (w *guild) banAs(what string, how ban) {
	p := w.guest(what)
	w.command("ban", p.ID+" enough")
	w.sentence(p, how)
}

// banByHand is a moderator who bans by Discord itself.
func (w *guild) banByHand()        { w.banDirectly("pirate", ban{byHand: true}) }
func (w *guild) banByHandInHaste() { w.banDirectly("mistaken", ban{byHand: true, undone: true}) }

func (w *guild) banDirectly(what string, how ban) {
	p := w.guest(what)
	w.must("ban", w.moderator().Ban(w.guild.ID, p.ID, 0, "enough"))
	w.sentence(p, how)
}

func (w *guild) sentence(p discordtest.Person, how ban) {
	w.offences[offence{p.ID, "ban"}]++
	w.banned[p.ID], w.toUndo[p.ID] = how, how.undone
}

// kickByHand is a moderator who puts somebody out by Discord itself.
func (w *guild) kickByHand() {
	p := w.guest("nuisance")
	w.must("kick", w.moderator().Kick(w.guild.ID, p.ID, "go"))
	w.kicked[p.ID] = true
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

// deskLine is how a case of a moderator's long timeout or ban is told at the desk: by name, or by id while the program
// does not know the names yet.
var deskLine = regexp.MustCompile(`#(\d+)\W+(\w+): (?:timeout 1 hour|ban)`)

// forgive lets moderators undo the sanctions that they read of and that were too much, when they look.
func (w *guild) forgive() {
	if w.glances++; !w.somebodyWaits() || w.glances%10 != 0 {
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
		w.toUndo[user], w.undone[user] = false, true
		w.last = ""
		w.command("undo", m[1]+" enough")
	}
}

// somebodyWaits tells whether there is something to undo.
func (w *guild) somebodyWaits() bool {
	for _, waits := range w.toUndo {
		if waits {
			return true
		}
	}
	return false
}

// pileUp is more talk than one page of messages: what happens while nobody reads.
func (w *guild) pileUp() {
	for range 150 {
		w.talk()
	}
}
