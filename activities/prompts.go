package activities

import (
	"strings"
	"time"

	"palabre/chat"
	"palabre/schedule"
)

// prompts opens threads with questions. It is there without any prompt too, so that the wakes of a
// prompt that was taken out of the configuration are heard and its memory goes.
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

// promptState is what is remembered of one prompt.
type promptState struct {
	Schedule string    `json:"schedule"` // that it is armed for
	Config   string    `json:"config"`   // fingerprint of all its lines: a change ends a pause
	At       time.Time `json:"at"`       // the next fire
	Civil    string    `json:"civil"`    // its key
	Last     string    `json:"last"`     // the key of the last fire: it does not come again
	Asked    []string  `json:"asked"`    // hashes of the questions asked since the pool began anew, in order
	Failures int       `json:"failures"` // in a row
	Failed   string    `json:"failed"`   // the ref of the last one, which several platforms may report
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
		return []chat.Action{chat.Remember{Key: body.Key}}
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

// started arms a prompt that is new or changed. An armed wake is left alone, an overdue one too: it
// comes as a late tick.
func (p prompt) started(now time.Time, s promptState) []chat.Action {
	config := p.fingerprint()
	if s.Config == config {
		return nil
	}
	s.Config = config
	resumed := s.Paused
	s.Paused, s.Failures, s.Failed = false, 0, ""
	if s.Schedule == p.when.String() && !resumed {
		return []chat.Action{p.remember(s)}
	}
	s.Schedule = p.when.String()
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

// due asks the question, or tells the moderators that it is too late for it. A wake that is not the
// armed one (the configuration changed under it) is ignored.
func (p prompt) due(now, due time.Time, s promptState) []chat.Action {
	if s.Paused || !s.At.Equal(due) {
		return nil
	}
	s.Last = s.Civil
	if schedule.CatchUp(due, now, p.catchUp) {
		q := choose(p.name+" "+s.Civil, p.pool, &s.Asked)
		return append([]chat.Action{p.open(s.Civil, q)}, p.arm(later(now, due), s)...)
	}
	armed := p.arm(later(now, due), s)
	missed := chat.Say("activities.prompts.missed", chat.Args{
		"name": p.name, "due": due, "late": now.Sub(due).Round(time.Minute), "catch_up": p.catchUp,
	})
	return append([]chat.Action{note(missed)}, armed...)
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
