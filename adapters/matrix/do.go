package matrix

import (
	"context"
	"fmt"

	"palabre/chat"
)

// Do carries out one action. See adapters.Adapter. Sends and redactions carry the key as their transaction id;
// the other calls look first, so that a repeat changes nothing.
func (a *Adapter) Do(ctx context.Context, key string, act chat.Action) (chat.Receipt, error) {
	return a.carryOut(ctx, key, act)
}

func (a *Adapter) carryOut(ctx context.Context, key string, act chat.Action) (chat.Receipt, error) {
	if err := a.api.isStopped(); err != nil {
		return chat.Receipt{}, err
	}
	if err := a.identify(ctx); err != nil {
		return chat.Receipt{}, err
	}
	receipt, err := a.do(ctx, key, act)
	if err != nil {
		return receipt, fmt.Errorf("matrix: %s: %w", act.ActionKind(), a.explain(err))
	}
	return receipt, nil
}

func (a *Adapter) do(ctx context.Context, key string, act chat.Action) (chat.Receipt, error) {
	switch act := act.(type) {
	case chat.Send:
		return a.send(ctx, key, act)
	case chat.StartThread:
		return a.startThread(ctx, key, act)
	case chat.OpenPoll:
		return a.openPoll(ctx, key, act)
	case chat.ClosePoll:
		return chat.Receipt{}, a.closePoll(ctx, key, act)
	case chat.Direct:
		return a.direct(ctx, key, act)
	case chat.Edit:
		return chat.Receipt{}, a.edit(ctx, key, act)
	case chat.Delete:
		return chat.Receipt{}, a.redact(ctx, key, act)
	case chat.React:
		return chat.Receipt{}, a.annotate(ctx, key, act.Message, act.Emoji)
	case chat.Pin:
		return chat.Receipt{}, a.pin(ctx, act.Message, true)
	case chat.Unpin:
		return chat.Receipt{}, a.pin(ctx, act.Message, false)
	case chat.Lock:
		return chat.Receipt{}, a.lock(ctx, act)
	case chat.Unlock:
		return chat.Receipt{}, a.unlock(ctx, act)
	case chat.Timeout:
		return a.everywhere(ctx, key, sanction{user: act.Member.ID, room: act.Room, first: act.Where, needs: powerType, talk: true, lasting: true, verb: a.silenceIn})
	case chat.LiftTimeout:
		return a.everywhere(ctx, key, sanction{user: act.Member.ID, needs: powerType, talk: true, reversal: true, verb: a.unsilenceIn})
	case chat.LookUp:
		return a.lookUp(ctx, act.Invite)
	case chat.Kick:
		return a.everywhere(ctx, key, sanction{user: act.Member.ID, first: act.Where, needs: "kick", verb: a.kickFrom(act)})
	case chat.Ban:
		return a.everywhere(ctx, key, sanction{user: act.Member.ID, room: act.Room, first: act.Where, needs: "ban", lasting: true, verb: a.banFrom(act)})
	case chat.Unban:
		return a.everywhere(ctx, key, sanction{user: act.Member.ID, room: act.Room, needs: "ban", reversal: true, verb: a.unbanFrom(act)})
	}
	return chat.Receipt{}, chat.ErrUnsupported
}

// redact takes a message away, its edits first. One that we have seen redacted is gone already.
func (a *Adapter) redact(ctx context.Context, key string, act chat.Delete) error {
	room, err := a.resolve(ctx, act.Message.Room.ID)
	if err != nil {
		return err
	}
	if err := a.redactRevisions(ctx, room, act); err != nil {
		return err
	}
	if a.isGone(act.Message.ID) {
		return chat.ErrGone
	}
	err = a.redactOne(ctx, room, act.Message.ID, key, act.Reason)
	if err == nil {
		a.mu.Lock()
		a.gone.Put(act.Message.ID, true)
		a.mu.Unlock()
	}
	return err
}

func (a *Adapter) isGone(event string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	_, gone := a.gone.Get(event)
	return gone
}

// maxReason bounds a reason shown in a member event, in runes.
const maxReason = 500

// cutReason keeps a reason short and on one line, as member events show it.
func cutReason(s string) string {
	s = tidy(harmless(s))
	if runes := []rune(s); len(runes) > maxReason {
		return string(runes[:maxReason]) + "…"
	}
	return s
}
