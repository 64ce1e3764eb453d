package commands

import "palabre/chat"

// private lets its caller be written to in private, or ends that. The first private message says so where it is read, and
// shows whether it arrives.
var private = Command{
	Name: "private", Names: map[string]string{"fr": "privé"}, Standing: chat.StandingMember,
	Params: []Param{{Name: "state", Kind: SwitchParam}},
	Run: func(inv Invocation) []chat.Action {
		member := inv.Event.Actor
		allow := chat.AllowDirect{Member: member.MemberRef, Allow: inv.On}
		if !inv.On {
			return []chat.Action{allow, inv.done()}
		}
		hello := chat.Direct{Member: member.MemberRef, Name: member.Name, Say: chat.Say("commands.private.hello", nil), Priority: chat.Interaction}
		return []chat.Action{allow, hello, inv.done()}
	},
}
