// Package rules decides what a community's rules say about an event. It reads no clock, does no I/O and
// starts nothing: the same reading and the same past give the same decision, however often it is asked.
package rules

import (
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// Mode tells what a rule's match leads to.
type Mode string

// The modes. A shadow rule writes down what it would have done; an ask rule waits until a moderator agrees.
const (
	Off     Mode = "off"
	Shadow  Mode = "shadow"
	Ask     Mode = "ask"
	Enforce Mode = "enforce"
)

var modeNames = []string{string(Off), string(Shadow), string(Ask), string(Enforce)}

// Ruleset is one version of a community's rules, ready to decide. It is never changed after Parse and may be
// used by several goroutines.
type Ruleset struct {
	rules   []*rule
	signals []*signal
	ladder  Ladder
	files   []string
	hash    string
	horizon time.Duration
	needs   needs
	acts    []chat.ActionKind
	env     Env
	plan    plan
	remarks []string
}

// rule is one block of the file.
type rule struct {
	name     string
	why      chat.Words
	article  *article
	on       kindSet
	rooms    map[string]bool // nil: everywhere
	when     *node
	unless   *node
	do       []consequence
	mode     Mode
	staff    bool    // staff is judged too
	signal   *signal // whose conditions these are, while it is read; nil for a rule
	resolves bool    // asks where invitations lead
	window   time.Duration
	scope    scope // whose doings its conditions count together
	tests    []ruleTest
	at       yamlsrc.Value
	hash     string // of what the file says of it
}

// article is one of the community's agreements.
type article struct {
	id   string
	text chat.Words
}

// needs tells which facts about a text the rules ever ask the past for, so that a clean message costs no more.
type needs struct{ text, sketch, links, mentions, lines bool }

// Decision is what the rules say about one event.
type Decision struct {
	Verdicts []Verdict     // of the rules that match, in the file's order
	Actions  []chat.Action // the union over enforced rules; begins with chat.OpenCase unless empty
	Incident string        // the incident that the actions belong to; empty without actions
	Asked    *Asked        // what the moderators are to be asked; nil for nothing
	// Unresolved are invitations whose destination some rule waits for before it answers; see Resolver.
	Unresolved []chat.InviteRef
	// LeftOut are patterns that were not tried, because all of them together would have taken too long in this text:
	// the decision may miss something, and a human should look.
	LeftOut []string
}

// Verdict is one matching rule's answer.
type Verdict struct {
	Rule     string
	Mode     Mode
	Joined   bool   // the event joins an incident that is already open
	Incident string // the incident of this rule and person
	Reasons  []chat.Reason
	Would    []chat.Action // what a rule in shadow or ask would have done by itself
}

// Asked is one question to the moderators: the union of what the rules in mode ask want done about an event,
// less what enforced rules do about it anyway.
type Asked struct {
	Rule     string // names joined with ", "
	Incident string
	Joined   bool          // the incident has its question already, to which these actions belong
	At       time.Time     // of the event
	Actions  []chat.Action // begins with chat.OpenCase
}

// Rules are the names of the rules that ask.
func (a *Asked) Rules() []string { return strings.Split(a.Rule, ", ") }

// Approved is what to do when moderators agree at a moment: sanctions last as long as they read on the card,
// counted from then.
func (a *Asked) Approved(at time.Time) []chat.Action {
	out := make([]chat.Action, len(a.Actions))
	for i, act := range a.Actions {
		out[i] = later(act, at.Sub(a.At))
	}
	return out
}

// Horizon is how far back a History must reach for these rules.
func (rs *Ruleset) Horizon() time.Duration { return rs.horizon }

// Acts are the kinds of actions that the rules may order, each once, in the file's order. What a platform is to allow
// follows from them.
func (rs *Ruleset) Acts() []chat.ActionKind { return rs.acts }

// Hash names this version of the rules: equal for files that say the same, whatever their comments and spacing.
func (rs *Ruleset) Hash() string { return rs.hash }

// Len is the number of rules.
func (rs *Ruleset) Len() int { return len(rs.rules) }

// Files are the paths of the files that the rules were read from besides the main one, in the order of reading.
func (rs *Ruleset) Files() []string { return rs.files }

// Remarks are what a moderator should know about these rules on the configured platforms, one sentence each:
// what is replaced, and what a platform does not tell.
func (rs *Ruleset) Remarks() []string { return rs.remarks }

// Summary is one rule as a list shows it.
type Summary struct {
	Name string
	Mode Mode
	Why  chat.Phrase
	Do   []string // names of its consequences
	Hash string   // of what the file says of it, its mode included
}

// Rules lists the rules in the file's order.
func (rs *Ruleset) Rules() []Summary {
	out := make([]Summary, len(rs.rules))
	for i, r := range rs.rules {
		out[i] = Summary{Name: r.name, Mode: r.mode, Why: r.because(), Hash: r.hash}
		for _, c := range r.do {
			out[i].Do = append(out[i].Do, c.name())
		}
	}
	return out
}

// because is the rule's sentence for people: its why, else its article, else its name.
func (r *rule) because() chat.Phrase {
	switch {
	case len(r.why) > 0:
		return chat.Phrase{Words: r.why}
	case r.article != nil:
		return chat.Phrase{Words: r.article.text}
	}
	return chat.Say("rules.because", chat.Args{"rule": r.name})
}
