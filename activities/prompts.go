package activities

import (
	"strings"
	"time"

	"palabre/chat"
	"palabre/schedule"
)

// prompts opens threads with questions. It is there without any prompt too, so that the wakes of a
// prompt that was taken out of the configuration are heard and its memory goes, a year later.
type prompts []prompt

// prompt is one question's hour.
type prompt struct {
	name    string
	room    string
	when    schedule.Schedule
	catchUp time.Duration
	title   chat.Words
	pool    []question
}

const promptsPrefix = "prompts/"

// pauseAfter is how many failures in a row pause a prompt.
const pauseAfter = 3

// keptOut is how long a prompt that was taken out of the configuration is remembered, in case it is put back.
const keptOut = 365 * 24 * time.Hour

// promptState is what is remembered of one prompt.
type promptState struct {
	Config   string    `json:"config"` // fingerprint of all its lines: a change ends a pause
	At       time.Time `json:"at"`     // the next fire
	Civil    string    `json:"civil"`  // its key
	Last     string    `json:"last"`   // the key of the last fire: it does not come again
	Asked    []string  `json:"asked"`  // keys of the questions asked since the pool began anew, in order
	Known    []known   `json:"known,omitempty"`
	Out      time.Time `json:"out,omitzero"` // since when it is out of the configuration
	Failures int       `json:"failures"`     // in a row
	Failed   string    `json:"failed"`       // the ref of the last one, which several platforms may report
	Paused   bool      `json:"paused"`
}

// Name is "prompts".
func (prompts) Name() string { return "prompts" }

// Keys asks for every prompt at a start, and for the prompt that a wake or a receipt is about.
func (ps prompts) Keys(ev chat.Event) []string {
	switch body := ev.Body.(type) {
	case chat.Started:
		var keys []string
		for _, p := range ps {
			keys = append(keys, p.key())
		}
		return keys
	case chat.Tick:
		if strings.HasPrefix(body.Key, promptsPrefix) {
			return []string{body.Key}
		}
	case chat.Settled:
		if p, ok := ps.ofRef(body.Ref); ok {
			return []string{p.key()}
		}
	}
	return nil
}

// Act arms at a start, asks at a wake, and counts failures.
func (ps prompts) Act(ev chat.Event, mem Memory) []chat.Action {
	switch body := ev.Body.(type) {
	case chat.Started:
		var out []chat.Action
		for _, p := range ps {
			out = append(out, p.started(ev.At, p.state(mem))...)
		}
		return out
	case chat.Tick:
		for _, p := range ps {
			if p.key() == body.Key {
				return p.due(ev.At, body.Due, p.state(mem))
			}
		}
		return outOfUse(body.Key, ev.At, mem)
	case chat.Settled:
		if p, ok := ps.ofRef(body.Ref); ok {
			return p.settled(body, p.state(mem))
		}
	}
	return nil
}

// ofRef finds the prompt whose thread a receipt is about: "prompts/<name>/<civil time>".
func (ps prompts) ofRef(ref string) (prompt, bool) {
	rest, ok := strings.CutPrefix(ref, promptsPrefix)
	name, _, _ := strings.Cut(rest, "/")
	for _, p := range ps {
		if ok && p.name == name {
			return p, true
		}
	}
	return prompt{}, false
}

func (p prompt) key() string { return promptsPrefix + p.name }

func (p prompt) state(mem Memory) promptState {
	var s promptState
	mem.Get(p.key(), &s)
	return s
}

// outOfUse is the wake of a prompt that is not in the configuration: nothing is asked. What was asked is remembered for a year.
func outOfUse(key string, now time.Time, mem Memory) []chat.Action {
	var s promptState
	if !mem.Get(key, &s) || !s.Out.IsZero() && now.Sub(s.Out) >= keptOut {
		return []chat.Action{chat.Remember{Key: key}}
	}
	if s.Out.IsZero() {
		s.Out = now
	}
	s.At, s.Civil = time.Time{}, ""
	return []chat.Action{chat.Remember{Key: key, Value: s}, chat.Wake{Key: key, At: s.Out.Add(keptOut)}}
}

// started arms a prompt, unless it is paused: one that is as it was gets the same wake. An hour that has passed meanwhile and is
// still one of the prompt's comes as a late tick.
func (p prompt) started(now time.Time, s promptState) []chat.Action {
	if config := p.fingerprint(); s.Config != config {
		s.Config, s.Paused, s.Failures, s.Failed = config, false, 0, ""
	}
	s.Out = time.Time{}
	s.Known = recognise(p.pool, s.Known, s.Asked)
	switch {
	case s.Paused:
		return []chat.Action{p.remember(s)}
	case !s.At.IsZero() && !s.At.After(now) && p.when.At(s.At):
		return []chat.Action{p.remember(s), chat.Wake{Key: p.key(), At: s.At}}
	}
	return p.arm(now, s)
}

// arm asks for the next wake after an instant, and remembers it.
func (p prompt) arm(after time.Time, s promptState) []chat.Action {
	fire, ok := p.when.Next(after)
	if ok && fire.Civil == s.Last {
		fire, ok = p.when.Next(fire.At)
	}
	if !ok {
		fire = schedule.Fire{}
	}
	s.At, s.Civil = fire.At, fire.Civil
	return []chat.Action{p.remember(s), chat.Wake{Key: p.key(), At: s.At}}
}

// due asks the question: for the newest hour that has come, if that is no later than catch_up and the next one is not
// nearer. The moderators hear of the hours for which nothing was asked. A wake that is not the armed one (the configuration
// changed under it) is ignored.
func (p prompt) due(now, due time.Time, s promptState) []chat.Action {
	if s.Paused || !s.At.Equal(due) {
		return nil
	}
	missed := p.when.Between(due, now)
	last := missed.Last
	next, comes := p.when.Next(later(now, due))
	var out []chat.Action
	if schedule.CatchUp(last.At, now, p.catchUp) && (!comes || now.Sub(last.At) <= next.At.Sub(now)) {
		s.Known = recognise(p.pool, s.Known, s.Asked)
		q := choose(p.name+" "+last.Civil, s.Known[:len(p.pool)], &s.Asked)
		out = append(out, p.open(last.Civil, p.pool[q]))
		missed.Count, missed.Last = missed.Count-1, missed.Before
	}
	s.Last = last.Civil
	if missed.Count > 0 {
		out = append(out, p.tellMissed(missed, next.At))
	}
	return append(out, p.arm(later(now, due), s)...)
}

// tellMissed tells the moderators of the hours at which nothing was asked.
func (p prompt) tellMissed(m schedule.Fires, next time.Time) chat.Action {
	args := chat.Args{"name": p.name, "first": m.First.At, "catch_up": p.catchUp, "next": next}
	if m.Count == 1 {
		return note(chat.Say("activities.prompts.missed", args))
	}
	args["count"], args["last"] = m.Count, m.Last.At
	return note(chat.Say("activities.prompts.missed_often", args))
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (p prompt) open(civil string, q question) chat.Action {
	return chat.StartThread{
		Logical:  p.room,
		TitleSay: chat.Phrase{Words: p.title},
		Say:      chat.Phrase{Words: q.words},
		Priority: chat.Animation,
		Ref:      p.key() + "/" + civil,
	}
}

// settled counts failures in a row; the moderators hear of the first one and of the pause.
func (p prompt) settled(body chat.Settled, s promptState) []chat.Action {
	switch body.Outcome {
	case chat.Done:
		if s.Failures == 0 {
			return nil
		}
		s.Failures, s.Failed = 0, ""
		return []chat.Action{p.remember(s)}
	case chat.Blocked, chat.Dead:
		if s.Paused || s.Failed == body.Ref {
			return nil
		}
		s.Failures, s.Failed = s.Failures+1, body.Ref
		return p.failed(body.Reason, s)
	default: // uncertain or cancelled: neither a success nor a failure
		return nil
	}
}

func (p prompt) failed(reason string, s promptState) []chat.Action {
	switch {
	case s.Failures >= pauseAfter:
		s.Paused, s.At, s.Civil = true, time.Time{}, ""
		paused := chat.Say("activities.prompts.paused", chat.Args{"name": p.name, "count": s.Failures})
		return []chat.Action{p.remember(s), chat.Wake{Key: p.key()}, note(paused)}
	case s.Failures == 1:
		failed := chat.Say("activities.prompts.failed", chat.Args{"name": p.name, "room": p.room, "reason": reason})
		return []chat.Action{p.remember(s), note(failed)}
	}
	return []chat.Action{p.remember(s)}
}

func (p prompt) remember(s promptState) chat.Action { return chat.Remember{Key: p.key(), Value: s} }
