package discord

import (
	"errors"
	"slices"

	"palabre/chat"
)

// Codes of refusals that have a sentence of their own.
const (
	codeMissingAccess     = 50001
	codeCannotMessage     = 50007
	codeMissingPermission = 50013
	codeVerification      = 50009
)

// sayings are the sentences of Discord's codes that say all that there is to say.
var sayings = map[int]string{
	codeCannotMessage:    "failure.discord.closed",
	codeBlockedByAutoMod: "failure.discord.automod",
	codeVerification:     "failure.discord.verification",
	codeNoMessages:       "failure.discord.forum",
}

// need is the permission that an action takes, as doctors call it.
var need = map[chat.ActionKind][]string{
	chat.ActSend: {"view", "send", "history"}, chat.ActEdit: {"view"}, chat.ActDelete: {"view", "history", "delete"},
	chat.ActReact: {"view", "history", "react"}, chat.ActPin: {"view", "pin"}, chat.ActUnpin: {"view", "pin"},
	chat.ActStartThread: {"view", "send", "thread", "thread.send"}, chat.ActOpenPoll: {"view", "send", "poll"},
	chat.ActSlowmode: {"view", "channel"}, chat.ActLock: {"view", "role"}, chat.ActUnlock: {"view", "role"},
	chat.ActTimeout: {"timeout"}, chat.ActLiftTimeout: {"timeout"}, chat.ActKick: {"kick"}, chat.ActBan: {"ban"}, chat.ActUnban: {"ban"},
	chat.ActGiveRole: {"role"}, chat.ActTakeRole: {"role"}, chat.ActResetName: {"nick"},
}

// explain gives a refusal a sentence that says what to click. An error that has one, or is no refusal, stays as it is. The
// caller holds mu.
func (a *Adapter) explain(err error, act chat.Action) error {
	var explained *chat.Explained
	var refused *apiError
	if errors.As(err, &explained) || !errors.As(err, &refused) || !errors.Is(err, chat.ErrForbidden) {
		return err
	}
	if key, ok := sayings[refused.code]; ok {
		return chat.Explain(err, key, nil)
	}
	if limitsReached[refused.code] {
		return chat.Explain(err, "failure.discord.full", nil)
	}
	return a.lacking(err, act, refused.code == codeMissingAccess)
}

// lacking tells which permission a refused action would have needed, and where; where we have them all, the member's or
// the role's place is the reason. The caller holds mu.
func (a *Adapter) lacking(err error, act chat.Action, unseen bool) error {
	g, room := a.book.guild, roomOf(act)
	args := chat.Args{"role": a.book.ourRole()}
	if room != "" {
		args["room"] = chat.Excerpt("#" + g.nameOf(room))
	}
	u, lacks := a.lacks(act, unseen)
	switch {
	case !lacks && room == "":
		return chat.Explain(err, "failure.discord.rank", args)
	case !lacks:
		return err
	}
	args["right"], args["switch"] = chat.Say("doctor.right."+u.right, nil), chat.Say("doctor.switch."+u.right, nil)
	if room != "" && g.permissions(a.book.self)&u.bit != 0 {
		return chat.Explain(err, "failure.discord.right.room", args)
	}
	return chat.Explain(err, "failure.discord.right", args)
}

// lacks is the first permission that an action takes and we do not have, as far as we know. Of a channel that is hidden
// from us (unseen), we do not know what else is missing. The caller holds mu.
func (a *Adapter) lacks(act chat.Action, unseen bool) (u use, lacks bool) {
	may := a.book.guild.permissions(a.book.self)
	if room := roomOf(act); room != "" {
		may = a.book.guild.permissionsIn(a.book.self, room)
	}
	if unseen && roomOf(act) != "" {
		may = 0
	}
	for _, u := range slices.Concat(uses, extras) {
		if slices.Contains(need[act.ActionKind()], u.right) && may&u.bit == 0 {
			return u, true
		}
	}
	return use{}, false
}

// roomOf is the channel that an action is about, empty when it is about a member.
func roomOf(act chat.Action) string {
	switch act := act.(type) {
	case chat.Send:
		return channelOf(act.Room)
	case chat.StartThread:
		return channelOf(act.Room)
	case chat.OpenPoll:
		return channelOf(act.Room)
	case chat.Slowmode:
		return channelOf(act.Room)
	case chat.Lock:
		return channelOf(act.Room)
	case chat.Unlock:
		return channelOf(act.Room)
	case chat.Edit:
		return channelOf(act.Message.Room)
	case chat.Delete:
		return channelOf(act.Message.Room)
	case chat.React:
		return channelOf(act.Message.Room)
	case chat.Pin:
		return channelOf(act.Message.Room)
	case chat.Unpin:
		return channelOf(act.Message.Room)
	}
	return ""
}

// nameOf is a channel's name; of one that we cannot see, the configuration's.
func (g *guild) nameOf(id string) string {
	if c := g.channels[id]; c != nil && c.name != "" {
		return c.name
	}
	return first(g.logical[id], id)
}

// ourRole is the name of our highest role: the one to look for in the settings.
func (b *book) ourRole() chat.Arg {
	if m := b.guild.members[b.self]; m != nil {
		if names := b.guild.names(m.roles); len(names) > 0 {
			return chat.Excerpt(names[0])
		}
	}
	return chat.Excerpt("Palabre")
}
