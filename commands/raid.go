package commands

import (
	"cmp"
	"time"

	"palabre/chat"
)

// How long raid mode lasts: when nothing else is said, and at most.
const (
	usualRaid   = 30 * time.Minute
	longestRaid = 24 * time.Hour
)

// raid turns raid mode on for a while, or off.
var raid = Command{
	Name: "raid", Standing: chat.StandingModerator,
	Params: []Param{{Name: "state", Kind: SwitchParam}, {Name: "duration", Kind: DurationParam, Optional: true}},
	Run: func(inv Invocation) []chat.Action {
		if inv.On {
			return inv.raidOn()
		}
		if inv.Known.RaidUntil.IsZero() {
			return []chat.Action{chat.Answer{Say: chat.Say("commands.raid.is_off", nil), Private: true}}
		}
		return []chat.Action{chat.RaidMode{}, inv.done()}
	},
}

// raidOn turns raid mode on, or lets it last longer: never shorter, which nobody would notice.
func (inv Invocation) raidOn() []chat.Action {
	length := cmp.Or(inv.For, usualRaid)
	if length > longestRaid {
		return []chat.Action{chat.Answer{Say: chat.Say("commands.raid.too_long", chat.Args{"most": longestRaid}), Private: true}}
	}
	mode := chat.RaidMode{On: true, Until: inv.Event.At.Add(length), Why: chat.Say("commands.raid.why", chat.Args{"by": inv.Event.Actor.Name})}
	until := inv.Known.RaidUntil
	if until.IsZero() {
		return []chat.Action{mode, inv.done()}
	}
	if mode.Until.After(until) {
		until = mode.Until
	}
	return []chat.Action{mode, chat.Answer{Say: chat.Say("commands.raid.goes_on", chat.Args{"until": until}), Private: true}}
}
