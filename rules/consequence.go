package rules

import (
	"time"

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
	shape   shape           // of its value, for editors; nil: it takes none
	needs   chat.ActionKind // what a platform must be able to do
	kinds   kindSet         // the events that it can answer
	parse   func(p *parser, v yamlsrc.Value) (consequence, bool)
}

// communal is a consequence for everybody in the room, or in the community: where a rule counts what many do, it
// happens once and not for each of them.
type communal interface{ together() bool }

// talking is a consequence that only answers somebody: it has no sense, and perhaps no end, where a program spoke.
type talking interface{ talks() }

// far is a consequence that looks back.
type far interface{ reach() time.Duration }

// Where consequences are possible.
const (
	inARoom   = onAll &^ (onJoin | onRenamed)
	toMembers = onAll &^ onReport // who reports has done nothing
)

// consequences is every consequence that exists.
var consequences = []consequenceEntry{
	{name: "delete", needs: chat.ActDelete, kinds: onText | onReport, parse: parseDelete,
		doc:     "takes the message away; `burst` takes every message away that a rate or a repetition counted, `{ recent: 1h }` all that the member said in that time",
		example: "delete: burst",
		shape:   either(wordOf("message", "burst"), fields(keys{"recent": length()}, "recent"))},
	{name: "remind", needs: chat.ActSend, kinds: inARoom & toMembers, parse: parsePlain[remind],
		doc:     "reminds the member of the article, in the room; nothing goes on their record",
		example: "remind"},
	{name: "warn", needs: chat.ActSend, kinds: inARoom & toMembers, parse: parsePlain[warn],
		doc:     "warns the member in the room, with the reason and what to do now; of what the platform's filter stopped, in private where they allowed that",
		example: "warn"},
	{name: "reply", needs: chat.ActSend, kinds: inARoom & toMembers, parse: parseReply,
		doc:     "answers in the community's own words; {name} and {room} are filled in",
		example: `reply: { en: "Hello {name}, questions go to the help room.", fr: "Bonjour {name}, les questions vont au salon d'aide." }`,
		shape:   inLanguages()},
	{name: "react", needs: chat.ActReact, kinds: onText, parse: parseReact,
		doc:     "puts an emoji under the message, unless it is taken away",
		example: `react: "👀"`,
		shape:   aText()},
	{name: "move", needs: chat.ActSend, kinds: onText, parse: parseMove,
		doc:     "tells the member which room is the right one",
		example: "move: help",
		shape:   aText()},
	{name: "open_thread", needs: chat.ActStartThread, kinds: inARoom, parse: parseOpenThread,
		doc:     "opens a thread in the room, with a title and first words; {name} and {room} are filled in in the words",
		example: `open_thread: { title: { en: "Calm talk", fr: "Au calme" }, say: { en: "Let us go on here, {name}.", fr: "Continuons ici, {name}." } }`,
		shape:   fields(keys{"title": inLanguages(), "say": inLanguages()}, "title", "say")},
	{name: "alert", needs: chat.ActSend, kinds: onAll, parse: parsePlain[alert],
		doc:     "tells the moderators at once",
		example: "alert"},
	{name: "review", kinds: onAll, parse: parseReview,
		doc:     "asks the moderators whether to do what stands under it, and does it when one agrees; the rest of the rule happens at once",
		example: "review: [ban]",
		shape:   oneOrMany(ref("consequence"))},
	{name: "log", kinds: onAll, parse: parsePlain[logged],
		doc:     "opens a case and does nothing",
		example: "log"},
	{name: "strike", kinds: toMembers, parse: parseStrike,
		doc:     "puts marks on the member's record, which the ladder turns into sanctions; of several rules that match one message the heaviest mark counts",
		example: "strike: 1",
		shape:   whole()},
	{name: "role", needs: chat.ActGiveRole, kinds: toMembers, parse: parseRoleChange,
		doc:     "gives the member a role, for good or for a time, or takes one",
		example: "role: { give: muted, for: 1d }",
		shape:   fields(keys{"give": aText(), "take": aText(), "for": length()})},
	{name: "reset_name", needs: chat.ActResetName, kinds: toMembers, parse: parseResetName,
		doc:     "takes the member's nickname away, so that the account's own name shows, or gives them another name",
		example: "reset_name",
		shape:   aText()},
	{name: "slowmode", needs: chat.ActSlowmode, kinds: inARoom, parse: parseSlowmode,
		doc:     "lets each member say one message in every so long, in this room, for ten minutes or as long as `for` says",
		example: "slowmode: { every: 30s, for: 15m }",
		shape:   either(length(), fields(keys{"every": length(), "for": length()}, "every"))},
	{name: "lock", needs: chat.ActLock, kinds: inARoom, parse: parseLock,
		doc:     "leaves the room's word to the moderators, for a time or until one of them unlocks it",
		example: "lock: 10m",
		shape:   length()},
	{name: "raid_mode", kinds: onAll, parse: parseRaid,
		doc:     "turns raid mode on for a time, or `off`: while it is on greetings are held, and rules may be stricter (`raid_mode: true` under when)",
		example: "raid_mode: 30m",
		shape:   either(length(), wordOf("off"), shape{"const": false})},
	{name: "timeout", needs: chat.ActTimeout, kinds: toMembers, parse: parseTimeout,
		doc:     "silences the member for a time, from 10s to 365d, or `forever`",
		example: "timeout: 1h",
		shape:   either(length(), wordOf("forever"))},
	{name: "kick", needs: chat.ActKick, kinds: toMembers, parse: parseKick,
		doc:     "removes the member, who may come back",
		example: "kick"},
	{name: "ban", needs: chat.ActBan, kinds: toMembers, parse: parseBan,
		doc:     "removes the member and keeps them out, for ever or for a time; `{ for: 7d, delete: 1d }` also takes away what they said in the last day, where the platform can",
		example: "ban: 7d",
		shape:   either(length(), wordOf("forever"), fields(keys{"for": either(length(), wordOf("forever")), "delete": length()}))},
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
