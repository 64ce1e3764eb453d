package chat

import "time"

// ActRaidMode is settled by the shell itself.
const ActRaidMode ActionKind = "raid mode"

// RaidMode turns the community's raid mode on until a moment, or off. While it is on, greetings are held and rules
// may ask for it (`raid_mode: true`). The shell tells the moderators when it begins and ends, ends it by itself at
// Until, lets the history know (rules.History.SetRaid), and knows it again after a restart. On while it is on only
// moves Until, and only to later.
type RaidMode struct {
	On    bool
	Until time.Time // with On; never zero then
	Why   Phrase    // one sentence for the moderators
}

// ActionKind is the word for it.
func (RaidMode) ActionKind() ActionKind { return ActRaidMode }

// KindRaid is the word for a change of raid mode.
const KindRaid EventKind = "raid"

// RaidChanged: raid mode began, or ended.
type RaidChanged struct{ On bool }

// EventKind is the word for it.
func (RaidChanged) EventKind() EventKind { return KindRaid }
