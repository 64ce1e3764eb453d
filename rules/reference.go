package rules

import (
	"fmt"
	"slices"
	"strings"
)

// Reference is the part of docs/rules.md that is made from the tables: every condition and every consequence.
func Reference() string {
	var b strings.Builder
	b.WriteString("## Conditions\n\nThose under `when:` must all hold. `any:` and `all:` take a list of maps, `not:` takes a map; they nest.\n")
	for _, c := range conditions {
		fmt.Fprintf(&b, "\n### %s\n\nHolds when %s.\nJudges: %s.\n\n```yaml\n%s\n```\n", c.name, c.doc, c.kinds, c.example)
		if c.remark != "" {
			fmt.Fprintf(&b, "\n%s.\n", capital(c.remark))
		}
	}
	b.WriteString("\n## Consequences\n\nThose under `do:` are a list. When several rules match one message, everything is done once and the strongest sanction wins.\n")
	for _, c := range consequences {
		fmt.Fprintf(&b, "\n### %s\n\n%s.\nPossible on: %s.\n\n```yaml\n- %s\n```\n", c.name, capital(c.doc), c.kinds, c.example)
	}
	b.WriteString("\n## Packs\n\nSets of rules that come with Palabre: [what each looks for, and how to change it](packs.md).\n")
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// Sentences are the catalogue keys that rules may say.
func Sentences() []string {
	out := slices.Clone(sentences)
	for _, u := range rateUnits {
		out = append(out, "reason.rate."+u.key())
	}
	for _, o := range oddities {
		out = append(out, "reason.oddity."+o.name)
	}
	for _, k := range messageKinds {
		out = append(out, "reason.kind."+k.name)
	}
	for _, day := range weekdays {
		out = append(out, "reason.weekday."+day)
	}
	for _, s := range standings {
		out = append(out, "reason.standing."+s)
	}
	for _, k := range linkKinds {
		if k.name != "any" && k.is != nil {
			out = append(out, "reason.link."+k.name)
		}
	}
	for _, c := range consequences {
		out = append(out, "consequence."+c.name)
	}
	for _, m := range modeNames {
		out = append(out, "mode."+m)
	}
	return out
}

// sentences are the keys that no table above spells.
var sentences = []string{
	"rules.warn", "rules.remind", "rules.cited", "rules.because", "rules.next.deleted", "rules.next.kept", "rules.next.reaction", "rules.alert", "rules.alert.quote", "rules.move",
	"reason.words", "reason.pattern", "reason.pattern.long", "reason.link", "reason.invite", "reason.invite.gone", "reason.invite.hidden", "reason.invite.unclear",
	"reason.signal", "reason.score", "reason.raid_mode", "reason.raid_mode.off",
	"reason.mentions", "reason.mentions.distinct", "reason.mentions.roles", "reason.mentions.everyone",
	"reason.caps", "reason.length", "reason.lines", "reason.emoji", "reason.attachments",
	"reason.rate.per.member", "reason.rate.per.room", "reason.rate.per.community",
	"reason.repeat.text", "reason.repeat.link", "reason.repeat.alike", "reason.repeat.members", "reason.repeat.rooms",
	"reason.account_age", "reason.account_age.membership", "reason.membership_age", "reason.membership_age.long",
	"reason.standing", "reason.role", "reason.room", "reason.first_message", "reason.first_message.link", "reason.first_message.media",
	"reason.empty_lines", "reason.question", "reason.quoted", "reason.code", "reason.attachment", "reason.name", "reason.name.like",
	"reason.strikes", "reason.hour", "reason.reaction", "reason.automod", "reason.not", "reason.ladder",
}
