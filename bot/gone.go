package bot

import (
	"time"

	"palabre/chat"
)

// lookEvery is how often the loop looks whether its database is still where it was.
const lookEvery = 10 * time.Second

// lookForFile tells the moderators once that the database was deleted or moved under us. We go on, since judging is possible
// all the same; but the next start will not know of it.
func (l *lane) lookForFile() {
	now := l.clock.Now()
	if now.Sub(l.looked) < lookEvery {
		return
	}
	l.looked = now
	gone := l.store.Gone()
	if gone && !l.fileGone {
		l.log.Warn("the database's file was deleted or moved; what is remembered now is lost at the next start")
		s := &scope{ev: chat.Event{ID: l.own("file gone"), At: now}, decided: decided{source: "house"}}
		l.turn.events++
		l.tell(s, chat.Say("desk.file_gone", nil))
	}
	l.fileGone = gone
}
