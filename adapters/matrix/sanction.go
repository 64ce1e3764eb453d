package matrix

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"palabre/chat"
)

// sanction is what is done to one member in every protected room.
type sanction struct {
	user  string
	needs string       // the power that it takes: "kick", "ban" or a type of state
	talk  bool         // only where something can be said: not in spaces
	room  chat.RoomRef // only there; zero: in all
	first chat.RoomRef // there before elsewhere
	verb  func(ctx context.Context, id, user string) error
	// lasting: what is so already is done; for the others there was nothing left to do.
	lasting bool
	// reversal: it gives something back. Whether there is anything to give back is found out before whether we may.
	reversal bool
}

const powerType = "m.room.power_levels"

// errAlready: the room is already as it should be.
var errAlready = errors.New("already so")

// everywhere acts in all protected rooms. Nothing at all is tried against somebody who stands as high as we
// do in one of them. A room that fails does not spare the others: they are done first, and its error comes
// back; to try again is harmless. A room that forbids a sanction leaves it done in the others, and the receipt
// says in how many. ErrGone means that there was nothing to do anywhere.
//
// Where it has to be tried again (key is the order's), the rooms in which it is done are not asked once more.
func (a *Adapter) everywhere(ctx context.Context, key string, s sanction) (chat.Receipt, error) {
	if err := a.ensureReady(ctx); err != nil {
		return chat.Receipt{}, err
	}
	rooms, err := a.judge(s)
	if err != nil {
		return chat.Receipt{}, err
	}
	var first, foreign error
	done, already := 0, 0
	acted := a.actedFor(key)
	defer func() { a.keepActed(key, acted, first) }()
	for _, id := range rooms {
		err, before := acted[id]
		if !before {
			err = a.once(ctx, id, s)
		}
		switch {
		case err == nil:
			acted[id] = nil
			done++
		case errors.Is(err, errAlready):
			acted[id] = err
			already++
		case errors.Is(err, chat.ErrForeign):
			foreign = err
		case first == nil || refused(first): // what may pass outweighs what will not
			first = err
		}
	}
	switch {
	case first == nil && foreign != nil && done == 0:
		return chat.Receipt{}, foreign
	case first == nil && done == 0 && !s.lasting:
		return chat.Receipt{}, chat.ErrGone
	case refused(first) && done+already > 0 && !s.reversal:
		return chat.Receipt{In: done + already, Of: len(rooms)}, nil
	default:
		return chat.Receipt{}, first
	}
}

// refused tells whether a homeserver refuses for good.
func refused(err error) bool {
	return errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrInvalid)
}

// actedFor gives how an order ended in the rooms where an earlier try has done it.
func (a *Adapter) actedFor(key string) map[string]error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if rooms, again := a.acted.Get(key); again {
		return rooms
	}
	return map[string]error{}
}

// keepActed remembers that for the next try, if there will be one.
func (a *Adapter) keepActed(key string, rooms map[string]error, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var again *chat.RetryError
	if errors.As(err, &again) {
		a.acted.Put(key, rooms)
		return
	}
	a.acted.Drop(key)
}

// once acts in one room unless our power there is known not to suffice.
func (a *Adapter) once(ctx context.Context, id string, s sanction) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	a.mu.Lock()
	r := a.dir.rooms[id]
	var err error
	if r != nil && !s.reversal {
		err = outranked(r.levels, a.self, s)
	}
	a.mu.Unlock()
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	if err := a.api.mayWrite(); err != nil {
		return err // nothing need be looked up yet
	}
	return s.verb(ctx, id, s.user)
}

// judge gives the rooms to act in, by the power levels that the sync keeps current.
func (a *Adapter) judge(s sanction) ([]string, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s.user == a.self || !isUser(s.user) {
		return nil, fmt.Errorf("%w: %q is not somebody to act against", chat.ErrForbidden, s.user)
	}
	var out []string
	for _, r := range a.dir.sorted() {
		if r.space && s.talk || !s.room.IsZero() && s.room != r.ref() {
			continue
		}
		if err := outranked(r.levels, a.self, s); errors.Is(err, errOutranked) && !s.reversal {
			return nil, err
		}
		out = append(out, r.id)
	}
	if len(out) == 0 && !s.room.IsZero() {
		return nil, chat.ErrGone // it is protected no more
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("%w: no room is protected", chat.ErrForbidden)
	}
	if i := slices.Index(out, s.first.ID); i > 0 {
		out = slices.Insert(slices.Delete(out, i, i+1), 0, s.first.ID)
	}
	return out, nil
}

// errOutranked: the member stands at least as high as we do.
var errOutranked = fmt.Errorf("%w: the member's power level is not below ours", chat.ErrForbidden)

// outranked tells whether power levels forbid us to act: because we lack the power in that room, or because
// of who the member is.
func outranked(l levels, self string, s sanction) error {
	needed := map[string]int64{"kick": l.kick, "ban": l.ban}
	need, ok := needed[s.needs]
	if !ok {
		need = l.state(s.needs)
	}
	ours, theirs := l.of(self), l.of(s.user)
	switch {
	case theirs >= ours && theirs > l.usersDefault:
		return errOutranked
	case ours < need, theirs >= ours:
		err := fmt.Errorf("%w: our power level is %d, and %d is needed", chat.ErrForbidden, ours, need)
		return chat.Explain(err, "failure.matrix.level", chat.Args{"user": self, "ours": int(min(ours, maxNumber)), "need": int(need)})
	}
	return nil
}

// silenceIn puts the member's power level below every kind of speech.
func (a *Adapter) silenceIn(ctx context.Context, id, user string) error {
	return a.changePower(ctx, id, user, silence)
}

// unsilenceIn takes that back, unless somebody has changed the level since.
func (a *Adapter) unsilenceIn(ctx context.Context, id, user string) error {
	return a.changePower(ctx, id, user, unsilence)
}

// changePower reads a room's power levels fresh and writes them back changed, one writer at a time.
func (a *Adapter) changePower(ctx context.Context, id, user string, change func(object, levels, string) (object, bool)) error {
	defer a.writing.lock(id)()
	content, err := a.powerLevels(ctx, id)
	if err != nil {
		return err
	}
	l := levelsOf(content, a.madeBy(id))
	changed, ok := change(content, l, user)
	if !ok {
		return errAlready
	}
	if err := outranked(l, a.self, sanction{user: user, needs: powerType}); err != nil {
		return err
	}
	err = a.api.do(ctx, call{lane: writes, method: http.MethodPut, path: []any{"v3", "rooms", id, "state", powerType, ""}, body: changed})
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.dir.rooms[id]; r != nil {
		r.setPower(changed)
	}
	return nil
}

func (a *Adapter) madeBy(id string) creation {
	a.mu.Lock()
	defer a.mu.Unlock()
	if r := a.dir.rooms[id]; r != nil {
		return r.made
	}
	return creation{}
}

// kickFrom removes the member from a room unless they are not there, or came after the decision.
func (a *Adapter) kickFrom(act chat.Kick) func(ctx context.Context, id, user string) error {
	return func(ctx context.Context, id, user string) error {
		ev, err := a.stateEvent(ctx, id, "m.room.member", user)
		if errors.Is(err, chat.ErrGone) {
			return errAlready
		}
		if err != nil {
			return err
		}
		switch ev.Content.str("membership") {
		case "join":
			if a.since(id, user, ev).After(act.Decided) {
				return errAlready
			}
		case "invite", "knock":
		default:
			return errAlready
		}
		return a.memberCall(ctx, id, "kick", user, act.Reason)
	}
}

// since is when the member entered the room: by the homeserver's answer where it tells more than the
// content, else as the sync told it; zero when neither knows.
func (a *Adapter) since(id, user string, ev wireEvent) time.Time {
	if ev.ID != "" {
		if at := entered(ev); !at.IsZero() {
			return a.past(at)
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if p := a.dir.people[user]; p != nil {
		return a.past(p.in[id])
	}
	return time.Time{}
}

// past is a moment that a server claims, zero where it lies ahead: whoever enters tomorrow is here today.
func (a *Adapter) past(claimed time.Time) time.Time {
	if claimed.After(a.opts.Clock().Add(underWay)) {
		return time.Time{}
	}
	return claimed
}

func (a *Adapter) banFrom(act chat.Ban) func(ctx context.Context, id, user string) error {
	return func(ctx context.Context, id, user string) error {
		banned, err := a.isBanned(ctx, id, user)
		if err != nil {
			return err
		}
		if !banned {
			err = a.memberCall(ctx, id, "ban", user, act.Reason)
		}
		if err == nil && act.DeleteFor > 0 {
			err = a.sweep(ctx, id, user, act.Reason, a.opts.Clock().Add(-min(act.DeleteFor, longestHistory)))
		}
		if err == nil && banned {
			return errAlready
		}
		return err
	}
}

func (a *Adapter) unbanFrom(act chat.Unban) func(ctx context.Context, id, user string) error {
	return func(ctx context.Context, id, user string) error {
		ev, err := a.stateEvent(ctx, id, "m.room.member", user)
		switch {
		case errors.Is(err, chat.ErrGone) || err == nil && ev.Content.str("membership") != "ban":
			return errAlready
		case err != nil:
			return err
		case act.Of != (chat.Imposed{}) && ev.Sender != "" && ev.Sender != a.self:
			return fmt.Errorf("%w: %s banned them in %s", chat.ErrForeign, ev.Sender, id)
		}
		return a.memberCall(ctx, id, "unban", user, act.Reason)
	}
}

func (a *Adapter) isBanned(ctx context.Context, id, user string) (bool, error) {
	ev, err := a.stateEvent(ctx, id, "m.room.member", user)
	if errors.Is(err, chat.ErrGone) {
		return false, nil
	}
	return ev.Content.str("membership") == "ban", err
}

func (a *Adapter) memberCall(ctx context.Context, id, verb, user, reason string) error {
	body := map[string]any{"user_id": user}
	if reason = cutReason(reason); reason != "" {
		body["reason"] = reason
	}
	lane := writes
	if verb == "invite" { // counted apart, and granted seldom
		lane = stateLane(id)
	}
	return a.api.do(ctx, call{lane: lane, method: http.MethodPost, path: []any{"v3", "rooms", id, verb}, body: body})
}
