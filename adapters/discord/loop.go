package discord

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"time"

	"palabre/adapters"
	"palabre/chat"
)

// loop tells what arrives, in order, until ctx ends or the gateway may not go on.
func (r *receiver) loop(ctx context.Context, ended <-chan error) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		wait, err := r.step(ctx)
		if err != nil {
			return err
		}
		timer.Reset(wait)
		select {
		case d := <-r.queue:
			r.ahead = append(r.ahead, d)
			r.gather()
		case p := <-r.persist:
			p.done <- r.emit(adapters.Batch{Cursors: p.cursors})
		case <-r.announce:
			r.retryAt = time.Time{}
		case <-r.ring:
		case <-timer.C:
		case err := <-ended:
			return err
		case <-r.rest.limits.dead: // some call was told that our token is worthless
			return r.rest.limits.isStopped()
		case <-ctx.Done():
			return nil
		}
	}
}

// gather takes what else is waiting.
func (r *receiver) gather() {
	for len(r.ahead) < 2*batchSize { // what comes after a batch may explain its end
		select {
		case d := <-r.queue:
			r.ahead = append(r.ahead, d)
		default:
			return
		}
	}
}

// step tells what can be told now, reads on in the past, and does what is due. It gives the time until it has to be
// called again although nothing arrives.
func (r *receiver) step(ctx context.Context) (time.Duration, error) {
	now := r.opts.Clock()
	r.listDue(now)
	if err := r.meetAhead(now); err != nil {
		return 0, err
	}
	told, err := r.tellReady(ctx, now)
	if err != nil {
		return 0, err
	}
	if g := r.nextGap(now); g != nil && !now.Before(r.listBy) {
		return 0, r.fill(ctx, g)
	}
	if err := r.lookForGuild(ctx, now); err != nil {
		return 0, err
	}
	if err := r.chores(ctx, now); err != nil {
		return 0, err
	}
	if told > 0 && len(r.ahead) > 0 {
		return 0, nil
	}
	return r.patience(r.opts.Clock()), nil
}

// patience is how long the loop may sleep when nothing arrives.
func (r *receiver) patience(now time.Time) time.Duration {
	wait := max(0, r.renewAt.Sub(now))
	if r.unkept() {
		wait = min(wait, keepEvery)
	}
	for _, at := range []time.Time{r.retryAt, r.listAt} {
		if at.After(now) {
			wait = min(wait, at.Sub(now))
		}
	}
	if left, awaited := r.awaits(now); awaited {
		wait = min(wait, left)
	}
	if len(r.ahead) > 0 && r.awaited(r.ahead[0]) == nil {
		wait = min(wait, explainWait-now.Sub(r.ahead[0].arrived))
	}
	for _, g := range r.gaps {
		wait = min(wait, later(g.notBefore, r.listBy).Sub(now))
	}
	return max(time.Millisecond, wait)
}

// tellReady translates the events at the head of what has arrived, as far as nothing has to be waited for, and tells
// them with the session as it stands then.
func (r *receiver) tellReady(ctx context.Context, now time.Time) (told int, err error) {
	var events []chat.Event
	lookups := lookupLimit
	for told < min(len(r.ahead), batchSize) && r.ready(r.ahead[told], r.ahead[told+1:], now) {
		d := r.ahead[told]
		events = append(events, r.digest(ctx, d, &lookups)...)
		r.last = d.session
		told++
	}
	clear(r.ahead[:told])
	r.ahead, r.peeked = r.ahead[told:], max(0, r.peeked-told)
	if told == 0 || (len(events) == 0 && len(r.moved) == 0 && now.Sub(r.keptAt) < keepEvery) {
		return told, nil
	}
	return told, r.tell(events)
}

// tell emits events with the cursors that have moved, in batches that are not too large: the cursors go with the last.
func (r *receiver) tell(events []chat.Event) error {
	const most = 500
	for len(events) > most {
		if err := r.emit(adapters.Batch{Events: events[:most:most]}); err != nil {
			return err
		}
		events = events[most:]
	}
	now := r.opts.Clock()
	for _, ev := range events {
		if body, ok := ev.Body.(chat.MessageSent); ok {
			r.readTo(channelOf(ev.Room), body.Message.ID)
		}
	}
	r.moved[sessionCursor] = r.last.cursor()
	r.moved[seenCursor] = strconv.FormatInt(now.UnixMilli(), 10)
	cursors := r.moved
	r.moved, r.keptAt, r.kept = adapters.Cursors{}, now, r.last
	return r.emit(adapters.Batch{Events: events, Cursors: cursors})
}

// unkept tells whether there is something to commit.
func (r *receiver) unkept() bool { return len(r.moved) > 0 || r.last != r.kept }

// readTo moves a channel's cursor.
func (r *receiver) readTo(channel, message string) {
	if newer(message, r.channels[channel]) {
		r.channels[channel] = message
		r.moved[channelPrefix+channel] = message
	}
}

// ready tells whether an event can be translated already. What was missed in its room comes before it. A removal waits a moment for its reason, and a new title for
// whoever gave it; an interaction from before a break waits until it is known whether Discord still takes an answer.
func (r *receiver) ready(d dispatch, ahead []dispatch, now time.Time) bool {
	if r.awaited(d) != nil {
		return false
	}
	switch d.Type {
	case "GUILD_MEMBER_REMOVE":
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.book.explained(d, ahead) || now.Sub(d.arrived) >= explainWait
	case "THREAD_UPDATE":
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.book.named(d, ahead) || now.Sub(d.arrived) >= explainWait
	case "INTERACTION_CREATE":
		k, late := r.late(d)
		if k == nil || !late {
			return true
		}
		select {
		case <-k.done:
		default:
			return false
		}
	}
	return true
}

// late gives an interaction's first answer, and whether the interaction is from before a break.
func (r *receiver) late(d dispatch) (k *ack, late bool) {
	var in wireInteraction
	if json.Unmarshal(d.Data, &in) != nil {
		return nil, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	k, _ = r.acks.Get(in.ID)
	return k, d.arrived.Sub(snowflakeTime(in.ID)) > firstAnswer
}

// chores are what is due now and then: the commands' registration, silences to be renewed, the session's cursor.
func (r *receiver) chores(ctx context.Context, now time.Time) error {
	if now.Sub(r.keptAt) >= keepEvery && r.unkept() {
		if err := r.tell(nil); err != nil {
			return err
		}
	}
	if now.Before(r.retryAt) {
		return nil
	}
	err := r.register(ctx)
	if err == nil && !now.Before(r.renewAt) {
		r.renewAt = now.Add(renewEvery)
		err = r.renew(ctx, now)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Warn("discord: later again", "err", err)
		r.retryAt = now.Add(max(lastPause, retryWait(err)))
		if errors.Is(err, chat.ErrForbidden) || errors.Is(err, chat.ErrInvalid) {
			r.retryAt = now.Add(renewEvery) // somebody has to change something first
		}
	}
	return nil
}
