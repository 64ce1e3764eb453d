package crashtest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/adapters/discord/discordtest"
)

// now is Discord's time, which is the program's.
func (w *guild) now() time.Time {
	if p := w.timekeeper.Load(); p != nil {
		return p.now()
	}
	return time.Now()
}

func (w *guild) utter(text string) (user, message string) {
	p := w.newcomer("stranger")
	w.last = ""
	return p.ID, w.say(p, text)
}

func (w *guild) event(message string) string { return "discord:" + message }

func (w *guild) call(command string) (event string) {
	w.last = ""
	id := w.sayIn(w.desk, w.guild.Owner, "!"+command)
	w.told["discord:"+id+":cmd"] = "command"
	w.commands[id] = command
	return "discord:" + id + ":cmd"
}

// cards are found by a name, or by an id while the program does not know the names yet.
func (w *guild) cards() []card {
	var out []card
	for _, m := range w.hs.Messages(w.desk) {
		if m.Author != w.hs.Bot() || !strings.HasPrefix(m.Text, "**May I?**") {
			continue
		}
		about := w.users[stranger.FindString(m.Text)]
		for user := range w.back.questions {
			if about == "" && strings.Contains(m.Text, user) {
				about = user
			}
		}
		out = append(out, card{message: m.ID, about: about})
	}
	return out
}

// pressing is what an answer to a question is among the things that only the gateway tells of.
const pressing = "press"

// press presses a button, if it is there still. It may find nobody.
func (w *guild) press(moderator int, c card, choice string) (event string) {
	m, _ := w.hs.Message(w.desk, c.message)
	for _, button := range buttonsOf(m.Components) {
		if !strings.HasSuffix(button, choice) {
			continue
		}
		i, err := w.moderators[moderator].Press(w.desk, c.message, button)
		w.must("press", err)
		w.pass(i.ID, pressing)
		w.last = ""
		return "discord:" + i.ID
	}
	return ""
}

// buttonsOf are the names of a message's buttons.
func buttonsOf(rows []map[string]any) (ids []string) {
	for _, row := range rows {
		if id, ok := row["custom_id"].(string); ok {
			ids = append(ids, id)
		}
		inner, _ := row["components"].([]any)
		for _, one := range inner {
			if component, ok := one.(map[string]any); ok {
				ids = append(ids, buttonsOf([]map[string]any{component})...)
			}
		}
	}
	return ids
}

func (w *guild) surely() bool { return false }

func (w *guild) regretted(user string) bool { return w.toUndo[user] || w.undone[user] }

func (w *guild) deafen() {
	w.hs.Fail(discordtest.Fault{Kind: "send", Times: 6, Commit: true}, discordtest.Fault{Kind: "delete", Times: 3, Commit: true})
}

// forget is nothing: nonces are forgotten by themselves when time passes.
func (w *guild) forget() {}

func (w *guild) configure(e extra) string {
	return fmt.Sprintf(discordConfiguration, w.folder, w.general, w.welcome, w.desk, w.hall, w.guild.ID, w.base, rulesWith(e), promptLines("general", e.prompt))
}

// waits tells whether the operator left somebody's ban where it is held.
func (w *guild) waits(user string) bool { return w.back.stays(user) }

// stampede is something in the hall after which the hall is closed for a while, unless it is.
func (w *guild) stampede() {
	p := w.newcomer("stampeder")
	id, err := p.Say(w.hall, w.name("stampede "))
	if errors.Is(err, discordtest.ErrRefused) {
		return
	}
	w.must("message", err)
	w.told["discord:"+id] = "message"
	w.offences[offence{p.ID, "stampede"}]++
}

// applaud is something for which a medal is given for a while.
func (w *guild) applaud() {
	p := w.newcomer("hero")
	w.say(p, w.name("bravissimo "))
	w.offences[offence{p.ID, "medals"}]++
	w.heroes = append(w.heroes, p.ID)
}

// medalsWereGiven: to each hero once, and taken back once; to nobody else.
func (a *inspector) medalsWereGiven() {
	given, taken := map[string]int{}, map[string]int{}
	for _, e := range a.by["role add"] {
		given[e.Target]++
	}
	for _, e := range a.by["role remove"] {
		taken[e.Target]++
	}
	for _, user := range a.heroes {
		a.count(given[user], 1, "medal of %s", user)
		a.count(taken[user], 1, "end of the medal of %s", user)
	}
	for user := range given {
		if !slices.Contains(a.heroes, user) {
			a.is(&a.figures.wrong, "a medal for %s, and nothing was done for it", user)
		}
	}
}
