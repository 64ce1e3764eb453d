package rules

import (
	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// consequence is one thing that a rule does. Consequences of all matching rules meet in one union.
type consequence interface {
	name() string
	add(u *union, r *rule)
}

// consequenceEntry is one consequence that rules may use.
type consequenceEntry struct {
	name    string
	doc     string
	example string
	needs   chat.ActionKind // what a platform must be able to do
	kinds   kindSet         // the events that it can answer
	parse   func(p *parser, v yamlsrc.Value) (consequence, bool)
}

const inARoom = onAll &^ (onJoin | onRenamed)

// consequences is every consequence that exists.
var consequences = []consequenceEntry{
	{name: "delete", needs: chat.ActDelete, kinds: onText, parse: parseDelete,
		doc:     "takes the message away; `burst` takes every message away that a rate or a repetition counted",
		example: "delete: burst"},
	{name: "remind", needs: chat.ActSend, kinds: inARoom, parse: parsePlain[remind],
		doc:     "reminds the member of the article, in the room; nothing goes on their record",
		example: "remind"},
	{name: "warn", needs: chat.ActSend, kinds: inARoom, parse: parsePlain[warn],
		doc:     "warns the member in the room, with the reason and what to do now",
		example: "warn"},
	{name: "reply", needs: chat.ActSend, kinds: inARoom, parse: parseReply,
		doc:     "answers in the community's own words; {name} and {room} are filled in",
		example: `reply: { en: "Hello {name}, questions go to the help room.", fr: "Bonjour {name}, les questions vont au salon d'aide." }`},
	{name: "alert", needs: chat.ActSend, kinds: onAll, parse: parsePlain[alert],
		doc:     "tells the moderators at once",
		example: "alert"},
	{name: "strike", kinds: onAll, parse: parseStrike,
		doc:     "puts marks on the member's record, which the ladder turns into sanctions; of several rules that match one message the heaviest mark counts",
		example: "strike: 1"},
	{name: "timeout", needs: chat.ActTimeout, kinds: onAll, parse: parseTimeout,
		doc:     "silences the member for a time, from 10s to 365d",
		example: "timeout: 1h"},
	{name: "kick", needs: chat.ActKick, kinds: onAll, parse: parseKick,
		doc:     "removes the member, who may come back",
		example: "kick"},
	{name: "ban", needs: chat.ActBan, kinds: onAll, parse: parseBan,
		doc:     "removes the member and keeps them out, for ever or for a time",
		example: "ban: 7d"},
}

func (p *parser) consequenceNames() []string {
	out := make([]string, len(p.consequences))
	for i, c := range p.consequences {
		out[i] = c.name
	}
	return out
}

func (p *parser) findConsequence(name string) *consequenceEntry {
	for i := range p.consequences {
		if p.consequences[i].name == name {
			return &p.consequences[i]
		}
	}
	return nil
}

// parsePlain reads a consequence that takes no value.
func parsePlain[C consequence](_ *parser, v yamlsrc.Value) (consequence, bool) {
	var c C
	if !v.IsZero() {
		v.Errorf("write only "+c.name(), "%s takes no value", c.name())
		return nil, false
	}
	return c, true
}
