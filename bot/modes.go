package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"palabre/chat"
	"palabre/commands"
	"palabre/rules"
	"palabre/store"
)

// modesKey is where the choices of admins are kept.
const modesKey = "house/modes"

// countedFor is how far back the counts of a rule reach: as long as verdicts without a case are kept.
const countedFor = journalKept

// Modes are the modes that admins chose for rules, by the rules' names.
type Modes map[string]ModeChoice

// ModeChoice is the mode that an admin chose for a rule. It holds for as long as the file says the same of that rule.
type ModeChoice struct {
	Mode rules.Mode `json:"mode"`
	Hash string     `json:"hash"` // of what the file said of the rule
	By   string     `json:"by"`
	At   time.Time  `json:"at"`
}

// ReadModes reads the choices in the database at path, whether or not Palabre works with it.
func ReadModes(ctx context.Context, path string) (Modes, error) {
	data, err := store.ReadMemory(ctx, path, modesKey)
	if err != nil {
		return nil, err
	}
	return modesOf(data)
}

func readModes(ctx context.Context, s *store.Store) (Modes, error) {
	found, err := s.Memory(ctx, modesKey)
	if err != nil {
		return nil, err
	}
	return modesOf(found[modesKey])
}

func modesOf(data []byte) (Modes, error) {
	m := Modes{}
	if data == nil {
		return m, nil
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, fmt.Errorf("modes of rules: %w", err)
	}
	return m, nil
}

// Of is the choice that holds for a rule as the file has it.
func (m Modes) Of(written rules.Summary) (ModeChoice, bool) {
	c, chosen := m[written.Name]
	return c, chosen && c.Hash == written.Hash
}

// over are the rules with the modes that hold.
func (m Modes) over(written *rules.Ruleset) *rules.Ruleset {
	hold := map[string]rules.Mode{}
	for _, r := range written.Rules() {
		if c, chosen := m.Of(r); chosen {
			hold[r.Name] = c.Mode
		}
	}
	return written.With(hold)
}

// adopt begins to work with a plan, with the modes that admins chose.
func (l *lane) adopt(p *Plan) {
	l.written = p.Rules
	adopted := *p
	adopted.Rules = l.modes.over(p.Rules)
	l.plan = &adopted
}

// setMode gives a rule another mode, and tells the moderators.
func (l *lane) setMode(s *scope, a chat.SetMode) {
	i := slices.IndexFunc(l.written.Rules(), func(r rules.Summary) bool { return r.Name == a.Rule })
	if i < 0 {
		return // it left the file in between
	}
	written := l.written.Rules()[i]
	key := "desk.mode.set"
	if l.modes = maps.Clone(l.modes); string(written.Mode) == a.Mode {
		key = "desk.mode.file"
		delete(l.modes, a.Rule)
	} else {
		l.modes[a.Rule] = ModeChoice{Mode: rules.Mode(a.Mode), Hash: written.Hash, By: a.By, At: s.ev.At}
	}
	l.keepModes()
	l.tell(s, chat.Say(key, chat.Args{"rule": a.Rule, "mode": modeName(rules.Mode(a.Mode)), "by": a.By, "written": string(written.Mode)}))
}

// modeName is what people call a mode.
func modeName(m rules.Mode) chat.Phrase { return chat.Say("mode."+string(m), nil) }

// keepModes writes the choices down, and lets them hold.
func (l *lane) keepModes() {
	l.keep(chat.Remember{Key: modesKey, Value: l.modes})
	adopted := *l.plan
	adopted.Rules = l.modes.over(l.written)
	l.plan = &adopted
}

// modesLapse ends the choices about rules of which the file says something else by now.
func (l *lane) modesLapse(s *scope) {
	holds := map[string]bool{}
	for _, r := range l.written.Rules() {
		_, holds[r.Name] = l.modes.Of(r)
	}
	left := maps.Clone(l.modes)
	for _, name := range slices.Sorted(maps.Keys(l.modes)) {
		if c := l.modes[name]; !holds[name] {
			delete(left, name)
			l.tell(s, chat.Say("desk.mode.lapsed", chat.Args{"rule": name, "mode": modeName(c.Mode), "by": c.By}))
		}
	}
	if len(left) < len(l.modes) {
		l.modes = left
		l.keepModes()
	}
}

// readRules gives a command the rules, with what each did of late.
func (l *lane) readRules(inv *commands.Invocation) error {
	counts, err := l.store.RuleCounts(context.Background(), inv.Event.At.Add(-countedFor))
	if err != nil {
		return err
	}
	inv.Known.Rules = nil
	inForce := l.plan.Rules.Rules()
	for i, written := range l.written.Rules() {
		n := counts[written.Name]
		view := commands.Rule{
			Name: written.Name, Mode: string(inForce[i].Mode), Written: string(written.Mode), Why: written.Why, Do: written.Do,
			Count: commands.RuleCount{Matched: n.Matched, Would: n.Would, Acted: n.Acted, Undone: n.Undone, Dismissed: n.Dismissed},
		}
		if c, chosen := l.modes.Of(written); chosen {
			view.By, view.At = c.By, c.At
		}
		inv.Known.Rules = append(inv.Known.Rules, view)
	}
	return nil
}
