package matrix

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"palabre/chat"
)

// lockedKey is where a lock notes, inside the power levels themselves, what it set and what was there before, as
// mutedKey does for a silence: it survives a restart and is seen by every copy of Palabre.
const lockedKey = "fr.palabre.locked"

// lock leaves the word in a room to its moderators.
func (a *Adapter) lock(ctx context.Context, act chat.Lock) error {
	return a.calm(ctx, act.Room, func(content object, l levels, _ string) (object, bool) {
		return lockLevels(content, l, min(int64(a.opts.Standing.Moderator), l.of(a.self)))
	})
}

// unlock gives back what a lock took.
func (a *Adapter) unlock(ctx context.Context, act chat.Unlock) error {
	return a.calm(ctx, act.Room, func(content object, _ levels, _ string) (object, bool) { return unlockLevels(content) })
}

func (a *Adapter) calm(ctx context.Context, place chat.RoomRef, change func(object, levels, string) (object, bool)) error {
	if place.Thread != "" {
		return chat.Explain(fmt.Errorf("%w: a thread cannot be locked", chat.ErrUnsupported), "failure.matrix.thread", nil)
	}
	room, err := a.resolve(ctx, place.ID)
	if err != nil {
		return err
	}
	if err := a.changePower(ctx, room, "", change); !errors.Is(err, errAlready) {
		return err
	}
	return chat.ErrGone
}

// lockLevels gives the power levels with every kind of speech at a level; ok is false when they are locked already. Who
// could take back their own words still can.
func lockLevels(content object, l levels, level int64) (changed object, ok bool) {
	if content.obj(lockedKey) != nil {
		return nil, false
	}
	out := maps.Clone(content)
	if out == nil { // a first event must keep what the room had without one
		out = object{"users": anyMap(l.users)}
	}
	events := anyMap(l.events)
	notes := map[string]any{}
	raise := func(kind string, to int64) {
		note := map[string]any{"set": to}
		if was, explicit := l.events[kind]; explicit {
			note["was"] = was
		}
		events[kind], notes[kind] = to, note
	}
	if _, explicit := l.events["m.room.redaction"]; !explicit {
		raise("m.room.redaction", l.eventsDefault)
	}
	for _, kind := range spoken {
		if l.message(kind) < level {
			raise(kind, level)
		}
	}
	out["events"], out[lockedKey] = events, notes
	return out, true
}

// unlockLevels takes lockLevels back; ok is false when the levels are not locked. What somebody changed since stays.
func unlockLevels(content object) (changed object, ok bool) {
	notes := content.obj(lockedKey)
	if notes == nil {
		return nil, false
	}
	out, events := maps.Clone(content), object(maps.Clone(map[string]any(content.obj("events"))))
	for kind := range notes {
		note := notes.obj(kind)
		set, noted := note.num("set")
		now, explicit := events.num(kind)
		if !noted || !explicit || now != set {
			continue
		}
		delete(events, kind)
		if was, had := note.num("was"); had {
			events[kind] = was
		}
	}
	out["events"] = map[string]any(events)
	delete(out, lockedKey)
	return out, true
}
