package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"palabre/chat"
	"palabre/store"
)

// raidKey is where raid mode is kept, and the timer of its end.
const raidKey = "house/raid"

// raid is raid mode while it is on; the zero raid is off.
type raid struct {
	Since time.Time `json:"since"`
	Until time.Time `json:"until"`
}

func (r raid) on() bool { return !r.Until.IsZero() }

// loadRaid goes on with raid mode where it was.
func (l *lane) loadRaid(ctx context.Context, s *store.Store) error {
	found, err := s.Memory(ctx, raidKey)
	if err != nil || found[raidKey] == nil {
		return err
	}
	if err := json.Unmarshal(found[raidKey], &l.raid); err != nil {
		return fmt.Errorf("raid mode: %w", err)
	}
	l.history.SetRaid(l.raid.Until)
	return nil
}

// raidMode turns raid mode on, or off, or lets it last longer. The moderators hear of its beginning and its end.
func (l *lane) raidMode(s *scope, a chat.RaidMode) {
	switch {
	case !a.On:
		l.endRaid(s)
	case !l.raid.on():
		l.setRaid(raid{Since: s.ev.At, Until: a.Until})
		l.tell(s, chat.Say("desk.raid.on", chat.Args{"until": a.Until, "why": a.Why}))
		l.raise(s.ev, chat.RaidChanged{On: true})
	case a.Until.After(l.raid.Until):
		l.setRaid(raid{Since: l.raid.Since, Until: a.Until})
	}
}

func (l *lane) setRaid(r raid) {
	l.raid = r
	l.history.SetRaid(r.Until)
	l.keep(chat.Remember{Key: raidKey, Value: r})
	l.wake(store.Wake{Key: raidKey, At: r.Until})
}

// endRaid turns raid mode off, by a word or because its time is over.
func (l *lane) endRaid(s *scope) {
	if !l.raid.on() {
		return
	}
	lasted := s.ev.At.Sub(l.raid.Since).Round(time.Second)
	l.raid = raid{}
	l.history.SetRaid(time.Time{})
	l.keep(chat.Remember{Key: raidKey})
	l.wake(store.Wake{Key: raidKey})
	l.tell(s, chat.Say("desk.raid.off", chat.Args{"lasted": lasted}))
	l.raise(s.ev, chat.RaidChanged{On: false})
}

// raise lets an event of the shell's own follow the one that is being recorded.
func (l *lane) raise(after chat.Event, body chat.Body) {
	l.raised = append(l.raised, chat.Event{
		ID: l.own(string(body.EventKind())), At: after.At, Actor: chat.Actor{Kind: chat.System}, Body: body,
	})
}
