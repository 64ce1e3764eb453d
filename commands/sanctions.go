package commands

import (
	"time"

	"palabre/chat"
)

var reasonParam = Param{Name: "reason", Kind: RestText, Optional: true}

// warn tells a member, where they last spoke, what not to do, and keeps it on their record.
var warn = Command{
	Name: "warn", Aliases: []string{"avertir"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "member", Kind: MemberParam}, reasonParam},
	Run: func(inv Invocation) []chat.Action {
		target := inv.target()
		target.Ping = true
		return []chat.Action{
			inv.open("warn"),
			chat.Send{Room: inv.placeOfWarning(), As: "warn", Say: chat.Say("commands.warning", chat.Args{"member": target, "why": inv.why()})},
			inv.done(),
		}
	},
}

// placeOfWarning is where the member will read it: where the command was called, unless that is the
// moderators' room; then where the member was last seen.
func (inv Invocation) placeOfWarning() chat.RoomRef {
	if inv.Desk && !inv.LastSeen.IsZero() {
		return inv.LastSeen
	}
	return inv.Event.Room
}

// timeout silences a member for a while.
var timeout = Command{
	Name: "timeout", Aliases: []string{"silence"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "member", Kind: MemberParam}, {Name: "duration", Kind: DurationParam}, reasonParam},
	Run: func(inv Invocation) []chat.Action {
		return []chat.Action{
			inv.open("timeout"),
			chat.Timeout{Member: inv.Member.MemberRef, Name: inv.Member.Name, Until: inv.Event.At.Add(inv.For), Reason: inv.Text},
			inv.done(),
		}
	},
}

// ban keeps a member out, for a while or for good.
var ban = Command{
	Name: "ban", Aliases: []string{"bannir"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "member", Kind: MemberParam}, {Name: "duration", Kind: DurationParam, Optional: true}, reasonParam},
	Run: func(inv Invocation) []chat.Action {
		var until time.Time
		if inv.For > 0 {
			until = inv.Event.At.Add(inv.For)
		}
		return []chat.Action{
			inv.open("ban"),
			chat.Ban{Member: inv.Member.MemberRef, Name: inv.Member.Name, Until: until, Reason: inv.Text},
			inv.done(),
		}
	},
}
