package rules

import (
	"palabre/internal/yamlsrc"
)

// Costs order the conditions of a rule: what the event says of itself, what its text says, what a search in the
// text says, what the past says; and what takes long.
const (
	costEvent = iota
	costCount
	costSearch
	costPast
	costSlow
)

// conditionEntry is one condition that rules may use.
type conditionEntry struct {
	name    string
	doc     string // one sentence: holds when …
	example string // a line of YAML
	shape   shape  // of its value, for editors
	remark  string // what a platform does otherwise; empty for nothing
	cost    int
	kinds   kindSet // the events that it can judge
	parse   func(p *parser, v yamlsrc.Value) (condition, bool)
}

// conditions is every condition that exists.
var conditions = []conditionEntry{
	{name: "words", cost: costSearch, kinds: onWords, parse: parseWords,
		doc:     "one of the listed words or phrases is said, in the text or in the name or description of a file; whole words, `*` at an end lets a word go on there; accents, case, look-alike letters, invisible characters, and letters set apart do not hide it. `file` reads them from text files, one a line; `anywhere: true` finds them inside other words; `fuzzy: [leet, repeats]` looks behind signs for letters and repeated letters too",
		example: `words: [ imbecile, "sale con", "insult*" ]`,
		shape:   either(manyOf(aText()), fields(keys{"list": oneOrMany(aText()), "file": oneOrMany(aText()), "anywhere": yesNo(), "fuzzy": some("leet", "repeats")}))},
	{name: "pattern", cost: costSearch, kinds: onWords, parse: parsePattern,
		doc:     "a regular expression (RE2) is found, in the text as written or in its normal form; one, or a list of which one suffices",
		example: `pattern: 'free\s+(gift|money)'`,
		shape:   oneOrMany(aText())},
	{name: "link", cost: costSearch, kinds: onWords, parse: parseLink,
		doc:     "a link is posted: any, or one that `is` a `lookalike` of another host, a `mismatch` of words and target, `masked` by words, to an `ip` address, in `punycode`, of a `shortener`, of another `scheme` than the web's, or a `bare` name that many clients make no link of; or to one of the hosts under `domain`, or to a host that is not under `allow` (subdomains belong to their host; both take `{ file: hosts.txt }`). `in_code: false` leaves out what stands in code",
		example: `link: { domain: [bit.ly, tinyurl.com] }`,
		shape:   either(some(linkKindNames()...), fields(keys{"is": some(linkKindNames()...), "domain": fileList(nil), "allow": fileList(nil), "in_code": yesNo()}))},
	{name: "invite", cost: costSearch, kinds: onWords, parse: parseInvite,
		doc:     "an invitation to a community or a room is posted: `any`, `discord`, `matrix`, `other` (sites that list communities), `hidden` (written so that no client makes a link of it); or by where it leads: `foreign`, `own`, `gone` (it expired or never was). What is listed under `own`, codes or ids of communities, counts as ours",
		remark:  "where an invitation leads is asked of its platform once; while that is not known the rule waits, and when the platform cannot tell, an enforced rule asks the moderators",
		example: `invite: { is: foreign, own: [abc123, "#general:example.org"] }`,
		shape:   either(wordOf(inviteKinds...), fields(keys{"is": wordOf(inviteKinds...), "own": oneOrMany(aText())}, "is"))},
	{name: "mentions", cost: costCount, kinds: onWords, parse: parseMentions,
		doc:     "so many mentions are made; the number alone counts every one, `distinct` counts members once each, `roles` counts roles, `everyone` holds when everybody is called. What a reply pings by itself, and mentions of oneself, do not count without `count_replies: true` and `count_self: true`",
		example: `mentions: { distinct: "> 4" }`,
		shape:   either(comparison(), wordOf("everyone"), fields(keys{"total": comparison(), "distinct": comparison(), "roles": comparison(), "everyone": always(), "count_replies": yesNo(), "count_self": yesNo()}))},
	{name: "caps", cost: costCount, kinds: onWords, parse: parseCaps,
		doc:     "so large a share of the letters are capitals; a text with fewer than 6 letters that have a case never counts",
		example: `caps: "> 70%"`,
		shape:   like(`^ *(>=|<=|>|<) *[0-9]+ *%$`)},
	{name: "length", cost: costCount, kinds: onWords, parse: parseLength,
		doc:     "the text has so many characters, as people count them",
		example: `length: ">= 20"`,
		shape:   comparison()},
	{name: "lines", cost: costCount, kinds: onWords, parse: parseLines,
		doc:     "the text has so many lines",
		example: `lines: "> 30"`,
		shape:   comparison()},
	{name: "empty_lines", cost: costCount, kinds: onWords, parse: parseEmptyLines,
		doc:     "so many empty lines follow one another",
		example: `empty_lines: "> 3"`,
		shape:   comparison()},
	{name: "question", cost: costCount, kinds: onWords, parse: parseQuestion,
		doc:     "something is asked: there is a question mark, not inside an address",
		example: `question: true`,
		shape:   always()},
	{name: "quoted", cost: costCount, kinds: onWords, parse: parseQuoted,
		doc:     "a line of the text quotes somebody (it begins with >)",
		example: `quoted: true`,
		shape:   always()},
	{name: "code", cost: costCount, kinds: onWords, parse: parseCode,
		doc:     "a piece of the text is written as code",
		example: `code: true`,
		shape:   always()},
	{name: "emoji", cost: costCount, kinds: onWords, parse: parseEmoji,
		doc:     "the text has so many emoji",
		example: `emoji: "> 15"`,
		shape:   comparison()},
	{name: "attachments", cost: costEvent, kinds: onText, parse: parseAttachments,
		doc:     "the message carries so many files",
		example: `attachments: "> 5"`,
		shape:   comparison()},
	{name: "attachment", cost: costEvent, kinds: onText, parse: parseAttachment,
		doc:     "one of the message's files `is` an `executable`, `archive`, `document`, `image`, `video` or `audio`; or is of a `type` (the last part of its name), or of none that you `allow`; of a `mime` type as the platform tells; of a `size`. All that is given must hold of one file",
		example: `attachment: { is: executable, size: "> 1MB" }`,
		shape:   either(some(fileGroupNames()...), fields(keys{"is": some(fileGroupNames()...), "type": oneOrMany(aText()), "allow": oneOrMany(aText()), "mime": oneOrMany(aText()), "size": comparison()}))},
	{name: "kind", cost: costEvent, kinds: onText, parse: parseKind,
		doc:     "the message is a `sticker`, a `voice` message, a `poll`, a `forward` or a `reply`, stands `in_thread`, carries a `file`, or is an image without words (`image_only`)",
		example: `kind: [sticker, image_only]`,
		shape:   some(messageKindNames()...)},
	{name: "oddity", cost: costCount, kinds: onWords, parse: parseOddity,
		doc:     "the text is written strangely: `zalgo` (piled marks), `bidi` (reversed direction), `invisible` characters inside a word, `mixed_script` (letters that imitate another script's)",
		example: `oddity: [zalgo, bidi]`,
		shape:   some(oddityNames()...)},
	{name: "rate", cost: costPast, kinds: onAll, parse: parseRate,
		doc:     "messages, edits, reactions, threads, renames, or the links, mentions, attachments or lines in messages, exceed a number in a time; this event counts. They are counted `per member`, or with other words at the end `per room` or `per community`. `joins` and `comings and goings` are the community's; `reports` are those of one message",
		example: `rate: "> 5 messages in 10s"`,
		shape:   like(`^ *(>=|>) *[0-9]+ .+ in [0-9]`)},
	{name: "repeat", cost: costPast, kinds: onText, parse: parseRepeat,
		doc:     "somebody says the same `text` (or posts the same `link`) so often in a time, in whatever rooms; `members` asks for so many members who say it, `rooms` for so many rooms; `similar` takes texts for the same that are alike to such a share. Texts shorter than `min_length` (8; 20 with `similar`) do not count",
		example: `repeat: { has: link, members: 3, within: 10m }`,
		shape:   fields(keys{"count": whole(), "members": whole(), "rooms": whole(), "within": length(), "has": wordOf("text", "link"), "similar": like(`^[0-9]+%$`), "min_length": whole()}, "within")},
	{name: "account_age", cost: costEvent, kinds: onAll, parse: parseAccountAge,
		doc:     "the account is so old",
		remark:  "matrix does not tell when an account was made: the time since they joined is taken instead, and the reason says so",
		example: `account_age: "< 3d"`,
		shape:   comparison()},
	{name: "membership_age", cost: costEvent, kinds: onAll, parse: parseMembershipAge,
		doc:     "they have been a member for so long; whoever was there before Palabre is an old member",
		example: `membership_age: "< 1h"`,
		shape:   comparison()},
	{name: "signal", kinds: onAll, parse: parseSignal,
		doc:     "one of the named signals holds; they are described under `signals:`, and each is asked once for a message",
		example: `signal: [shouting, short-link]`,
		shape:   oneOrMany(aText())},
	{name: "score", kinds: onAll, parse: parseScore,
		doc:     "the weights of all signals that hold add up to so much",
		example: `score: ">= 3"`,
		shape:   comparison()},
	{name: "raid_mode", cost: costEvent, kinds: onAll, parse: parseRaidMode,
		doc:     "raid mode is on (or, with `false`, off)",
		example: `raid_mode: true`,
		shape:   yesNo()},
	{name: "standing", cost: costEvent, kinds: onAll, parse: parseStanding,
		doc:     "their standing: member, trusted, moderator, admin",
		example: `standing: ">= trusted"`,
		shape:   like(`^ *(>=|<=|>|<)? *(member|trusted|moderator|admin)$`)},
	{name: "role", cost: costEvent, kinds: onAll, parse: parseRole,
		doc:     "they have the role, or one of the listed roles",
		example: `role: [newcomer, guest]`,
		shape:   oneOrMany(aText())},
	{name: "name", cost: costCount, kinds: onAll, parse: parseName,
		doc:     "the member's name has one of the `words` in it (as under words), or a `pattern`, or is `like` one that it may be taken for: `staff` stands for the names of the moderators whom Palabre has seen write",
		example: `name: { like: staff }`,
		shape:   fields(keys{"words": either(manyOf(aText()), shape{"type": "object"}), "pattern": oneOrMany(aText()), "like": oneOrMany(aText())})},
	{name: "strikes", cost: costEvent, kinds: onAll, parse: parseStrikes,
		doc:     "they have so many marks on their record, less what the ladder has forgiven",
		example: `strikes: ">= 2"`,
		shape:   comparison()},
	{name: "hour", cost: costEvent, kinds: onAll, parse: parseHour,
		doc:     "it is between two hours of the day, in the community's zone; the second one does not belong to it",
		example: `hour: "22-6"`,
		shape:   like(`^ *[0-9]+ *- *[0-9]+ *$`)},
	{name: "weekday", cost: costEvent, kinds: onAll, parse: parseWeekday,
		doc:     "it is one of these days, in the community's zone",
		example: `weekday: [saturday, sunday]`,
		shape:   some(weekdays...)},
	{name: "reaction", cost: costEvent, kinds: onReaction, parse: parseReaction,
		doc:     "one of these emoji is put under a message",
		example: `reaction: ["🖕"]`,
		shape:   oneOrMany(aText())},
	{name: "automod", cost: costEvent, kinds: onBlocked, parse: parseAutomod,
		doc:     "the platform's own filter met the message: any of its rules (`true`), or one of those whose ids are listed",
		remark:  "discord tells what its AutoMod met; other platforms have none",
		example: `automod: true`,
		shape:   either(always(), oneOrMany(aText()))},
	{name: "room", cost: costEvent, kinds: inARoom, parse: parseRoom,
		doc:     "it happens in the room or group of rooms, or in one of those listed",
		example: `room: [welcome]`,
		shape:   oneOrMany(aText())},
	{name: "first_message", cost: costEvent, kinds: onText, parse: parseFirstMessage,
		doc:     "it is the first message of somebody whom Palabre saw join: any (`true`), one with a `link`, or one with `media`",
		example: `first_message: link`,
		shape:   either(always(), wordOf("link", "media"))},
}

// nodeNames are the names that may stand under when.
func (p *parser) nodeNames() []string {
	out := make([]string, len(p.conditions), len(p.conditions)+3)
	for i, c := range p.conditions {
		out[i] = c.name
	}
	return append(out, "any", "all", "not")
}

func (p *parser) findCondition(name string) *conditionEntry {
	for i := range p.conditions {
		if p.conditions[i].name == name {
			return &p.conditions[i]
		}
	}
	return nil
}
