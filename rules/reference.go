package rules

import (
	_ "embed" // reference.fr.yaml
	"fmt"
	"slices"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

//go:embed reference.fr.yaml
var frenchReference []byte

// referenceWords are what stands around the tables on the page about rules.
type referenceWords struct {
	conditions, condition     string // the heading, and an entry: its sentence and the events that it judges
	consequences, consequence string // the same of consequences
	packs                     string
}

var referenceHeadings = map[string]referenceWords{
	"en": {
		conditions:   "## Conditions\n\nThose under `when:` must all hold. `any:` and `all:` take a list of maps, `not:` takes a map; they nest.\n",
		condition:    "Holds when %s.\nJudges: %s.",
		consequences: "## Consequences\n\nThose under `do:` are a list. When several rules match one message, everything is done once and the strongest sanction wins.\n",
		consequence:  "%s.\nPossible on: %s.",
		packs:        "## Packs\n\nSets of rules that come with Palabre: [what each looks for, and how to change it](packs.md).\n",
	},
	"fr": {
		conditions:   "## Conditions\n\nCelles qui sont sous `when:` doivent toutes être vraies. `any:` (une suffit) et `all:` (toutes) prennent une liste, `not:` (le contraire) un seul bloc ; ils s’emboîtent. Un nombre, un âge ou un rang se compare, entre guillemets : `\"> 5\"`, `\">= 20\"`, `\"< 3d\"`.\n",
		condition:    "Vraie quand %s.\nJuge : %s.",
		consequences: "## Conséquences\n\nCelles qui sont sous `do:` forment une liste. Quand plusieurs règles s’appliquent à un message, chaque chose est faite une fois et la sanction la plus forte l’emporte.\n",
		consequence:  "%s.\nPossible sur : %s.",
		packs:        "## Packs\n\nDes ensembles de règles livrés avec Palabre : [ce que chacun cherche, et comment le changer](packs.fr.md).\n",
	},
}

// Reference is the part of the page about rules that is made from the tables, in one language: every condition and
// every consequence.
func Reference(language string) string {
	var b strings.Builder
	say, tells := referenceHeadings[language], sentencesOf(language)
	b.WriteString(say.conditions)
	for _, c := range conditions {
		fmt.Fprintf(&b, "\n### %s\n\n"+say.condition+"\n\n```yaml\n%s\n```\n", c.name, tells.conditions[c.name], c.kinds, c.example)
		if remark := tells.remarks[c.name]; remark != "" {
			fmt.Fprintf(&b, "\n%s.\n", capital(remark))
		}
	}
	b.WriteString("\n" + say.consequences)
	for _, c := range consequences {
		fmt.Fprintf(&b, "\n### %s\n\n"+say.consequence+"\n\n```yaml\n- %s\n```\n", c.name, capital(tells.consequences[c.name]), c.kinds, c.example)
	}
	b.WriteString("\n" + say.packs)
	return b.String()
}

// tableSentences are what the tables say of their entries in one language, by the entries' names.
type tableSentences struct{ conditions, remarks, consequences chat.Words }

// sentencesOf finds the sentences: English stands in the tables, beside the code; French in a file.
func sentencesOf(language string) tableSentences {
	if language == "fr" {
		s := sectionsOf(yamlsrc.Parse("reference.fr.yaml", frenchReference), "conditions", "remarks", "consequences")
		return tableSentences{told(s["conditions"]), told(s["remarks"]), told(s["consequences"])}
	}
	s := tableSentences{chat.Words{}, chat.Words{}, chat.Words{}}
	for _, c := range conditions {
		s.conditions[c.name], s.remarks[c.name] = c.doc, c.remark
	}
	for _, c := range consequences {
		s.consequences[c.name] = c.doc
	}
	return s
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
	"rules.warn", "rules.remind", "rules.cited", "rules.because", "rules.next.deleted", "rules.next.kept", "rules.next.reaction", "rules.next.blocked", "rules.alert", "rules.alert.quote", "rules.move",
	"reason.words", "reason.pattern", "reason.pattern.long", "reason.link", "reason.invite", "reason.invite.gone", "reason.invite.hidden", "reason.invite.unclear",
	"reason.signal", "reason.score", "reason.raid_mode", "reason.raid_mode.off",
	"reason.mentions", "reason.mentions.distinct", "reason.mentions.roles", "reason.mentions.everyone",
	"reason.caps", "reason.length", "reason.lines", "reason.emoji", "reason.attachments",
	"reason.rate.per.member", "reason.rate.per.room", "reason.rate.per.community",
	"reason.repeat.text", "reason.repeat.link", "reason.repeat.alike", "reason.repeat.members", "reason.repeat.rooms",
	"reason.account_age", "reason.account_age.membership", "reason.membership_age", "reason.membership_age.long",
	"reason.standing", "reason.role", "reason.room", "reason.first_message", "reason.first_message.link", "reason.first_message.media",
	"reason.empty_lines", "reason.question", "reason.quoted", "reason.code", "reason.attachment", "reason.name", "reason.name.like",
	"reason.strikes", "reason.hour", "reason.reaction", "reason.automod", "reason.not", "reason.ladder", "reason.cut_off",
}
