package config

import (
	"time"

	"palabre/internal/yamlsrc"
)

// key is one line that a map of the file may have: how it is read, and what the reference says about it.
type key struct {
	name     string
	meaning  string
	fallback string // what holds when the line is absent
	example  string
	required bool
	read     func(*reader, yamlsrc.Value) // nil: package rules or activities reads it
}

// page is the page about what another package reads; empty for the other keys.
func (k key) page() string {
	switch {
	case k.read != nil:
		return ""
	case k.name == "activities":
		return "docs/activities.md"
	default:
		return "docs/rules.md"
	}
}

var fileKeys = []key{
	{name: "community", required: true, read: (*reader).community,
		meaning: "who is served, and how they are spoken to", example: "{ name: Les Passerelles }"},
	{name: "store", read: (*reader).store,
		meaning: "the memory, one SQLite file; like every path here it begins in the folder of this file", fallback: "data/palabre.db", example: "/data/palabre.db"},
	{name: "listen", read: (*reader).listen,
		meaning:  `address of /healthz, /readyz and /metrics, on loopback only; "" turns them off`,
		fallback: "127.0.0.1:9320", example: `""`},
	{name: "rooms", required: true, read: (*reader).rooms,
		meaning: "one name for each room, and what each network calls it", example: `{ general: { matrix: "#general:example.org" } }`},
	{name: "groups", read: (*reader).groups,
		meaning: "several rooms under one name, for `in:`", fallback: "none", example: "{ talk: [general, help] }"},
	{name: "desk", required: true, read: (*reader).desk,
		meaning: "the room where Palabre tells the moderators what it did and why", example: "moderators"},
	{name: "matrix", read: (*reader).matrix,
		meaning: "the account on a Matrix homeserver", fallback: "not on Matrix", example: "{ enabled: false }"},
	{name: "discord", read: (*reader).discord,
		meaning: "the bot's account on a Discord server", fallback: "not on Discord", example: "{ enabled: false }"},
	{name: "limits", read: (*reader).limits,
		meaning: "the last gate: whatever the rules say, no more than this", fallback: "see below", example: "{ sanctions_per_hour: 30 }"},
	{name: "archive", read: (*reader).archive,
		meaning: "keeps what people write in the rooms named, for a time, so that rules can be tried on it", fallback: "no text is kept", example: "{ rooms: [general], keep: 30d }"},
	{name: "netiquette",
		meaning: "the community's articles, cited by rules; see rules.md", fallback: "none", example: `[ { id: respect, text: { en: "Be kind." } } ]`},
	{name: "include",
		meaning: "files with more `netiquette`, `signals` and `rules`; paths begin in the folder of this file", fallback: "none", example: "[rules/links.yaml]"},
	{name: "packs",
		meaning: "sets of rules that come with Palabre, and what your community changes in them; see rules.md", fallback: "none", example: "{ spam: { mode: shadow } }"},
	{name: "signals",
		meaning: "named detectors with weights, which rules ask for; see rules.md", fallback: "none", example: `{ shouting: { caps: "> 70%" } }`},
	{name: "rules",
		meaning: "what is not allowed and what follows; see rules.md", fallback: "none", example: "[ { name: insults, when: { words: [imbecile] }, do: [ delete ] } ]"},
	{name: "ladder",
		meaning: "what strikes lead to; see rules.md", fallback: "strikes lead to nothing", example: "{ decay: 1 per 30d, steps: { 5: { timeout: 1d } } }"},
	{name: "activities",
		meaning: "what brings the community to life; see activities.md", fallback: "none", example: "{ welcome: { room: welcome } }"},
}

var communityKeys = []key{
	{name: "name", required: true, read: (*reader).communityName,
		meaning: "shown in greetings and reports", example: "Les Passerelles"},
	{name: "language", read: (*reader).language,
		meaning: "what Palabre speaks in rooms: en or fr", fallback: "en", example: "fr"},
	{name: "register", read: (*reader).register,
		meaning: "how it addresses people when it speaks French: tu or vous", fallback: "vous", example: "tu"},
	{name: "zone", read: (*reader).zone,
		meaning: "the zone of schedules and of times in texts, an IANA name", fallback: "UTC", example: "Europe/Paris"},
}

var matrixKeys = []key{
	{name: "enabled", read: enabled(func(c *Config) *bool { return &c.Matrix.Enabled }),
		meaning: "false keeps the block without using it", fallback: "true", example: "false"},
	{name: "homeserver", read: (*reader).homeserver,
		meaning: "address of the homeserver", fallback: "a mistake when enabled", example: "https://matrix.example.org"},
	{name: "user", read: (*reader).user,
		meaning: "the account", fallback: "a mistake when enabled", example: `"@palabre:example.org"`},
	{name: "token", read: (*reader).matrixToken,
		meaning: "where the access token is kept", fallback: "a mistake when enabled", example: "{ env: PALABRE_MATRIX_TOKEN }"},
	{name: "space", read: (*reader).space,
		meaning: "all rooms of this space are protected", fallback: "only `rooms` are protected", example: `"#passerelles:example.org"`},
	{name: "prefix", read: prefix(func(c *Config) *string { return &c.Matrix.Prefix }),
		meaning: "how commands begin: one to three signs, no letters", fallback: "!", example: `"!"`},
	{name: "ignore", read: (*reader).ignore,
		meaning: "bridge puppets and other bots, never taken for members; * and ? are wildcards", fallback: "nobody", example: `["@_discord_*:*"]`},
	{name: "standing", read: (*reader).standing,
		meaning: "the power levels from which people are trusted, moderators and admins", fallback: "10, 50, 100", example: "{ moderator: 50 }"},
}

var discordKeys = []key{
	{name: "enabled", read: enabled(func(c *Config) *bool { return &c.Discord.Enabled }),
		meaning: "false keeps the block without using it", fallback: "true", example: "false"},
	{name: "guild", read: (*reader).guild,
		meaning: "id of the server, in quotes", fallback: "a mistake when enabled", example: `"1152921504606846976"`},
	{name: "token", read: (*reader).discordToken,
		meaning: "where the bot's token is kept", fallback: "a mistake when enabled", example: "{ env: PALABRE_DISCORD_TOKEN }"},
	{name: "prefix", read: prefix(func(c *Config) *string { return &c.Discord.Prefix }),
		meaning: "how typed commands begin: one to three signs, no letters; slash commands work without", fallback: "!", example: `"!"`},
	{name: "ignore", read: (*reader).ignoreOnDiscord,
		meaning: "ids or names of accounts that a bridge speaks through, never taken for members; * and ? are wildcards. Bots are never members anyway", fallback: "nobody", example: `["Bridge*"]`},
	{name: "standing", read: (*reader).roles,
		meaning: "roles whose members are trusted, moderators or admins", fallback: "permissions alone decide", example: "{ trusted: [Regulars] }"},
	{name: "judge_webhooks", read: enabled(func(c *Config) *bool { return &c.Discord.Webhooks }),
		meaning: "rules look at what webhooks say too. Their messages can be removed and told to the moderators; nobody is punished for them. Name in `ignore` those that may say anything", fallback: "false", example: "true"},
	{name: "api_base", read: (*reader).apiBase,
		meaning: "another server that speaks like Discord, for tests", fallback: "Discord itself", example: "http://127.0.0.1:8080/api"},
}

var rolesKeys = []key{
	{name: "trusted", read: roleList(func(s *Roles) *[]string { return &s.Trusted }),
		meaning: "names or ids of roles", fallback: "nobody", example: "[Regulars]"},
	{name: "moderator", read: roleList(func(s *Roles) *[]string { return &s.Moderator }),
		meaning: "roles, beside everybody who may manage messages, time out, kick or ban", fallback: "permissions alone decide", example: "[Moderators]"},
	{name: "admin", read: roleList(func(s *Roles) *[]string { return &s.Admin }),
		meaning: "roles, beside the owner and everybody who may administrate or manage the server", fallback: "permissions alone decide", example: "[Admins]"},
}

var tokenKeys = []key{
	{name: "env", read: (*reader).tokenEnv,
		meaning: "name of the environment variable that holds the secret", example: "PALABRE_MATRIX_TOKEN"},
	{name: "file", read: (*reader).tokenFile,
		meaning: "path of the file that holds the secret, readable by its owner or group only", example: "/run/secrets/matrix"},
}

var standingKeys = []key{
	{name: "trusted", read: level(func(p *PowerLevels) *int { return &p.Trusted }),
		meaning: "lowest power level of trusted members", fallback: "10", example: "10"},
	{name: "moderator", read: level(func(p *PowerLevels) *int { return &p.Moderator }),
		meaning: "lowest power level of moderators", fallback: "50", example: "50"},
	{name: "admin", read: level(func(p *PowerLevels) *int { return &p.Admin }),
		meaning: "lowest power level of admins", fallback: "100", example: "100"},
}

var limitKeys = []key{
	{name: "sanctions_per_minute", read: (*reader).perMinute,
		meaning: "timeouts, kicks and bans in any minute; the rest is held for a human", fallback: "10", example: "10"},
	{name: "sanctions_per_hour", read: (*reader).perHour,
		meaning: "the same in any hour; at least as many as in a minute", fallback: "30", example: "30"},
	{name: "late", read: (*reader).late,
		meaning: "what is older is judged and cleaned up, but nobody is sanctioned for it; 1m to 1d", fallback: "10m", example: "10m"},
	{name: "unanswered", read: (*reader).unanswered,
		meaning: "a question of a rule in mode ask is closed after so long without an answer, and nothing is done; 5m to 7d", fallback: "1d", example: "12h"},
}

var archiveKeys = []key{
	{name: "rooms", required: true, read: (*reader).archiveRooms,
		meaning: "the rooms, or groups of rooms, that opt in", example: "[general]"},
	{name: "keep", required: true, read: archiveFor(func(a *Archive) *time.Duration { return &a.Keep }),
		meaning: "how long a text stays at most, from 1h to 365d; one that is deleted or changed goes at once", example: "30d"},
	{name: "evidence", read: archiveFor(func(a *Archive) *time.Duration { return &a.Evidence }),
		meaning: "how long a text stays that a rule took away, so that the rule can be tried on it again; at most as long as `keep`", fallback: "it goes at once", example: "14d"},
}
