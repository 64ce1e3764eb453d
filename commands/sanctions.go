package commands

import (
	"time"

	"palabre/chat"
)

var reasonParam = Param{Name: "reason", Kind: RestText, Optional: true, Ask: AskInMenus}

// warn tells a member, where they last spoke, what not to do, and keeps it on their record.
var warn = Command{
	Name: "warn", Names: map[string]string{"fr": "avertir"}, Standing: chat.StandingModerator,
	// Where a form can ask, the member hears a reason.
	Params: []Param{{Name: "member", Kind: MemberParam}, {Name: "reason", Kind: RestText, Optional: true, Ask: AskAlways}},
	Menus:  MemberMenu | MessageMenu,
	Run: func(inv Invocation) []chat.Action {
		target := inv.target()
		target.Ping = true
		room, message := inv.placeOfWarning()
		say := chat.Say("commands.warning.bare", chat.Args{"member": target})
		if inv.Text != "" {
			say = chat.Say("commands.warning", chat.Args{"member": target, "why": inv.why()})
		}
		return []chat.Action{
			inv.open("warn"),
			chat.Send{Room: room, ReplyTo: message, As: "warn", Say: say},
			inv.done(),
		}
	},
}

// placeOfWarning is where the member will read it: where the command was called, under the message whose menu
// it comes from, unless that is the moderators' room; then where the member was last seen.
func (inv Invocation) placeOfWarning() (room chat.RoomRef, message string) {
	if inv.Desk && !inv.LastSeen.IsZero() {
		return inv.LastSeen, ""
	}
	if body := inv.invoked(); body.Options != nil {
		message = body.ReplyTo
	}
	return inv.Event.Room, message
}

// timeout silences a member for a while.
var timeout = Command{
	Name: "timeout", Names: map[string]string{"fr": "silence"}, Standing: chat.StandingModerator,
	Params: []Param{{Name: "member", Kind: MemberParam}, {Name: "duration", Kind: DurationParam, Ask: AskAlways}, reasonParam},
	Menus:  MemberMenu | MessageMenu,
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
	Name: "ban", Names: map[string]string{"fr": "bannir"}, Standing: chat.StandingModerator, Anyone: true,
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
