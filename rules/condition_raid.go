package rules

import (
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// raidMode holds while raid mode is on, or off.
type raidMode bool

func parseRaidMode(_ *parser, v yamlsrc.Value) (condition, bool) {
	on, ok := v.Bool()
	return raidMode(on), ok
}

func (c raidMode) match(r *Reading, past *History) bool { return past.Raid(r.Event.At) == bool(c) }

func (c raidMode) reason(*Reading, *History) chat.Reason {
	if c {
		return chat.Reason{Say: chat.Say("reason.raid_mode", nil)}
	}
	return chat.Reason{Say: chat.Say("reason.raid_mode.off", nil)}
}

func (c raidMode) value(r *Reading, past *History) string {
	if past.Raid(r.Event.At) {
		return "on"
	}
	return "off"
}

// Raid tells whether raid mode is on at a moment.
func (h *History) Raid(at time.Time) bool { return at.Before(h.raid) }

// SetRaid turns raid mode on until a moment, off with the zero time. The shell calls it for every chat.RaidMode that
// it carries out, and at start.
func (h *History) SetRaid(until time.Time) { h.raid = until }
