package bot

import (
	"context"
	"encoding/json"
	"slices"

	"palabre/activities"
	"palabre/adapters"
	"palabre/chat"
	"palabre/commands"
	"palabre/rules"
	"palabre/store"
)

// decided is what one decider wants. source tells deciders apart in the keys of orders.
type decided struct {
	source  string
	actions []chat.Action
	rules   *rules.Decision // what the rules answered; nil for other deciders
	target  *chat.Actor     // whom a command names
}

// commandSource is the source of what a moderator asked for.
const commandSource = "command"

// longestWord is how much of a command that does not exist is repeated, in characters.
const longestWord = 60

func (l *lane) askRules(r *rules.Reading) decided {
	r.Invites, r.Stale = l.whereTo, l.plan.Limits.stale(r.Event)
	d := l.plan.Rules.Decide(r, l.history)
	return decided{source: "rules", actions: d.Actions, rules: &d}
}

func (l *lane) askActivity(i int, a activities.Activity, ev chat.Event) decided {
	keys := a.Keys(ev)
	if keys == nil {
		return decided{}
	}
	memory, err := l.memory(keys)
	if err != nil {
		return decided{} // the turn is abandoned
	}
	return decided{source: a.Name(), actions: a.Act(ev, known{memory, l.raid.on()})}
}

// known is what an activity is told besides the event.
type known struct {
	recollection
	raid bool
}

// Raid tells whether raid mode is on.
func (k known) Raid() bool { return k.raid }

// memory is what activities keep under some keys, this turn's changes included.
func (l *lane) memory(keys []string) (recollection, error) {
	var stored map[string][]byte
	err := l.insist(func() (err error) {
		stored, err = l.store.Memory(context.Background(), keys...)
		return err
	})
	if err != nil {
		return nil, err
	}
	for _, key := range keys {
		if value, changed := l.turn.memory[key]; changed {
			stored[key] = value
		}
	}
	return stored, nil
}

// recollection is the memory that was read for one event.
type recollection map[string][]byte

// Get reads a record; false when there is none.
func (r recollection) Get(key string, into any) bool {
	value := r[key]
	return value != nil && json.Unmarshal(value, into) == nil
}

func (l *lane) askCommands(ev chat.Event) decided {
	body, ok := called(ev)
	if !ok || ev.Actor.Kind != chat.Human {
		return decided{}
	}
	ev.Body = body
	answer := func(p chat.Phrase) decided {
		return decided{source: commandSource, actions: []chat.Action{chat.Answer{Say: p, Private: true}}}
	}
	if ev.Late {
		return answer(chat.Say("commands.too_late", chat.Args{"command": chat.Excerpt(body.Name)}))
	}
	c, ok := commands.Find(body.Name)
	if !ok {
		return answer(chat.Say("commands.unknown", chat.Args{"command": chat.Excerpt(shorten(body.Name, longestWord))}))
	}
	if ev.Actor.Standing < c.Standing {
		return answer(chat.Say("commands.forbidden."+c.Standing.String(), chat.Args{"usage": c.Called()}))
	}
	inv, problem := c.Parse(ev, l.find(c, ev))
	if problem != nil {
		return answer(problem.Say)
	}
	if !l.fetch(c, &inv) {
		return decided{}
	}
	d := decided{source: commandSource, actions: c.Run(inv)}
	if !inv.Member.IsZero() {
		d.target = &inv.Member
	}
	if d.target != nil && slices.ContainsFunc(d.actions, punishes) && !mayHit(ev, inv.Member) {
		return answer(chat.Say("commands.not_strictly_below", chat.Args{"member": mention(inv.Member)}))
	}
	return d
}

func mention(a chat.Actor) chat.Mention { return chat.Mention{Member: a.MemberRef, Name: a.Name} }

// directory knows the members of a platform; false where there is none.
func (l *lane) directory(p chat.Platform) (adapters.Directory, bool) {
	d, ok := l.finders[p].(adapters.Directory)
	return d, ok
}

// find looks members up on the platform that the event came from. An id that belongs to nobody is a slip of the finger,
// except where a command is for anyone.
func (l *lane) find(c *commands.Command, ev chat.Event) commands.Directory {
	directory, ok := l.directory(ev.Room.Platform)
	if !ok {
		return func(string) (chat.Actor, bool) { return chat.Actor{}, false }
	}
	return func(text string) (chat.Actor, bool) {
		found, ok := directory.Find(ev.Room, text)
		return found, ok && (c.Anyone || !l.stranger(found.MemberRef))
	}
}

// stranger tells whether neither the platform knows an account now nor we have met it.
func (l *lane) stranger(member chat.MemberRef) bool {
	roll, ok := l.finders[member.Platform].(adapters.Roll)
	person := chat.PersonOf(member)
	if !ok || roll.Knows(member) || l.ledger.knows(member) || !l.history.Member(person).Joined.IsZero() {
		return false
	}
	var said []byte
	var cases []store.Case
	err := l.insist(func() (err error) {
		if said, err = l.store.LastMessage(context.Background(), person); err == nil {
			cases, err = l.store.CasesOf(context.Background(), person, 1)
		}
		return err
	})
	return err == nil && said == nil && len(cases) == 0
}

// fetch reads what a command asks for. What is decided but not yet committed must be seen too, so it is
// committed first. It is false when the turn is abandoned.
func (l *lane) fetch(c *commands.Command, inv *commands.Invocation) bool {
	inv.Desk = inv.Event.Logical == l.plan.Desk
	inv.Known.Commands = commands.For(inv.Event.Actor.Standing)
	inv.Known.RaidUntil = l.raid.Until
	inv.LastSeen = l.lastSeen(inv)
	if c.Reads == commands.ReadNothing || l.abandoned {
		return !l.abandoned
	}
	l.flush()
	err := l.insist(func() error {
		if c.Reads == commands.ReadRules {
			return l.readRules(inv)
		}
		return l.readCases(c.Reads, inv)
	})
	return err == nil
}

// lastSeen is where the member last said something. The journal reaches further back than the history, and is asked
// where it matters: for a command in the moderators' room.
func (l *lane) lastSeen(inv *commands.Invocation) chat.RoomRef {
	person := personOf(inv.Member)
	room := l.history.LastSeen(person)
	if !room.IsZero() || !inv.Desk || person == "" {
		return room
	}
	var data []byte
	err := l.insist(func() (err error) {
		data, err = l.store.LastMessage(context.Background(), person)
		return err
	})
	var fact rules.Fact
	if err != nil || data == nil || json.Unmarshal(data, &fact) != nil {
		return chat.RoomRef{}
	}
	return fact.Room
}

func (l *lane) readCases(read commands.Read, inv *commands.Invocation) error {
	found, err := l.cases(read, inv)
	if err != nil {
		return err
	}
	inv.Known.Cases = nil
	for _, row := range found {
		view, err := l.caseView(row)
		if err != nil {
			return err
		}
		inv.Known.Cases = append(inv.Known.Cases, view)
	}
	return nil
}

func personOf(a chat.Actor) chat.Person {
	if a.IsZero() {
		return ""
	}
	return chat.PersonOf(a.MemberRef)
}

func (l *lane) cases(read commands.Read, inv *commands.Invocation) ([]store.Case, error) {
	ctx := context.Background()
	switch {
	case read == commands.ReadCases:
		return l.store.CasesOf(ctx, personOf(inv.Member), 10)
	case inv.Case > 0:
		c, err := l.store.Case(ctx, inv.Case)
		if isNotFound(err) {
			return nil, nil
		}
		return []store.Case{c}, err
	default:
		return l.store.CasesOf(ctx, personOf(inv.Member), 1)
	}
}

// caseView is a case as commands see it, with how each of its acts ended.
func (l *lane) caseView(c store.Case) (commands.Case, error) {
	view := commands.Case{
		No: c.No, Member: c.Member, Name: c.Name, Rule: c.Rule, ByName: c.ByName, Why: c.Why, Reasons: c.Reasons,
		At: c.OpenedAt, UndoneAt: c.UndoneAt, UndoneBy: c.UndoneBy, UndoWhy: c.UndoReason,
	}
	orders, err := l.store.OrdersOf(context.Background(), c.No)
	if err != nil {
		return view, err
	}
	strikes, err := l.store.StrikesOf(context.Background(), c.No)
	for _, s := range strikes {
		view.Acts = append(view.Acts, commands.Act{Label: string(chat.ActStrike), Points: s.Points, State: string(chat.Done)})
	}
	for _, o := range orders {
		if !aside(o.Label) {
			view.Acts = append(view.Acts, commands.Act{Label: o.Label, State: string(o.State), Reason: o.Reason})
		}
	}
	return view, err
}
