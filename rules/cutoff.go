package rules

import "palabre/chat"

// doubts tells whether a rule may match only because of when things arrived, from a server that was cut off: then the
// moderators are asked.
func (r *rule) doubts(read *Reading) bool {
	return read.Event.CutOff != "" && (r.window > 0 || read.Stale)
}

// cutOff is why they are asked.
func cutOff(ev *chat.Event) chat.Reason {
	return chat.Reason{Code: "cut_off", Say: chat.Say("reason.cut_off", chat.Args{"server": chat.Excerpt(ev.CutOff)})}
}
