package rules

import (
	"fmt"
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
	return b.String()
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
