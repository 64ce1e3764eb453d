package bot

import (
	"slices"

	"palabre/chat"
	"palabre/store"
)

// archive keeps what somebody wrote in a room that opted in, and follows what becomes of it. It is committed with the event.
func (l *lane) archive(ev chat.Event) {
	terms := l.plan.Archive
	switch body := ev.Body.(type) {
	case chat.MessageSent:
		l.keepText(ev, body.Message)
	case chat.MessageEdited:
		l.keepText(ev, body.Message)
	case chat.MessageDeleted:
		l.keepText(ev, body.Message)
	}
	if terms.Evidence > 0 {
		l.keepEvidence(ev)
	}
}

func (l *lane) keepText(ev chat.Event, m chat.MessageRef) {
	row := store.Archived{Event: ev.ID, At: ev.At, Kind: ev.Body.EventKind(), Logical: ev.Logical, Message: m}
	kept := ev.Actor.Kind.Judged() || row.Kind == chat.KindDeleted
	if kept && slices.Contains(l.plan.Archive.Rooms, ev.Logical) {
		data, err := chat.EncodeEvent(&ev)
		if err != nil {
			l.log.Error("a message cannot be archived", "event", ev.ID, "error", err)
		}
		row.Data = data
	}
	if row.Data != nil || row.Kind != chat.KindMessage { // what was kept before is followed, also in a room that no longer opts in
		l.turn.group.Archive = append(l.turn.group.Archive, row)
	}
}

// keepEvidence marks the messages that this event's orders take away.
func (l *lane) keepEvidence(ev chat.Event) {
	for _, o := range slices.Backward(l.turn.group.Orders) {
		if o.Event != ev.ID {
			return
		}
		if d, ok := o.Action.(chat.Delete); ok && o.Case > 0 {
			l.turn.group.Taken = append(l.turn.group.Taken, store.Taken{Message: d.Message, At: ev.At})
		}
	}
}
