package bot

import (
	"time"

	"palabre/activities"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/rules"
	"palabre/store"
)

// Plan is everything that one version of the configuration decides: it is built whole and swapped whole.
type Plan struct {
	Hash       string // of the configuration's source
	Rules      *rules.Ruleset
	Activities []activities.Activity
	Rooms      Rooms
	Desk       string // logical name of the moderators' room
	Voice      catalogue.Voice
	Limits     Limits
	Archive    store.ArchiveTerms
}

// Limits are the last gate: whatever rules say, no more than this.
type Limits struct {
	PerMinute int           // sanctions; 0: no ceiling
	PerHour   int           // sanctions; 0: no ceiling
	Late      time.Duration // what happened longer ago than this is not punished any more
	// Unanswered is how long a question to the moderators stays open; 0: until it is answered.
	Unanswered time.Duration
}

// stale tells whether what a server that was cut off brings is too old to punish anybody without asking.
func (l Limits) stale(ev *chat.Event) bool { return ev.CutOff != "" && ev.Lag > l.Late }

// deskRoom is the name under which deciders speak of the moderators' room.
const deskRoom = "desk"

// logical resolves the deciders' name of a room to the configuration's.
func (p *Plan) logical(name string) string {
	if name == deskRoom {
		return p.Desk
	}
	return name
}
