package accuracy

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"

	"palabre/rules"
)

// Own and Outside are the tables of the last measurement, on our own sets and on texts from elsewhere. `make accuracy`
// measures again.
var (
	//go:embed own.md
	Own string
	//go:embed outside.md
	Outside string
)

// OwnTable shows what the packs made of our own sets, which stand in folders.
func (r Result) OwnTable(packs []Pack) string {
	var b strings.Builder
	folders := slices.Sorted(maps.Keys(r.Clean))
	fmt.Fprintf(&b, "| pack | made for | %s |\n|---|---|%s\n", strings.Join(folders, " | "), strings.Repeat("---|", len(folders)))
	for _, p := range packs {
		for _, label := range p.Labels {
			fmt.Fprintf(&b, "| `%s` | %s |", p.Name, label)
			for _, folder := range folders {
				fmt.Fprintf(&b, " %s |", at(r.Caught, [3]string{p.Name, label, folder}))
			}
			b.WriteString("\n")
		}
	}
	b.WriteString("| all packs together | *clean* messages that were matched |")
	for _, folder := range folders {
		fmt.Fprintf(&b, " **%s** |", r.Clean[folder])
	}
	return b.String() + "\n\n" + r.ruleTable()
}

// ruleTable shows every rule of every pack.
func (r Result) ruleTable() string {
	var b strings.Builder
	b.WriteString("| rule | what it is made for | another fault | clean | precision |\n|---|---|---|---|---|\n")
	for _, name := range rules.PackNames() {
		for _, rule := range rules.PackRules(name) {
			t := at(r.Rules, rule)
			fmt.Fprintf(&b, "| `%s` | %d | %d | %d | %.0f %% |\n", rule, t.Right, t.Beside, t.Wrong, t.Precision())
		}
	}
	return b.String()
}

// OutsideTable shows how many of the clean texts from elsewhere each pack matched.
func OutsideTable(packs []Pack, sources []Source) string {
	var b strings.Builder
	b.WriteString("| source | texts |")
	for _, p := range packs {
		fmt.Fprintf(&b, " `%s` |", p.Name)
	}
	fmt.Fprintf(&b, "\n|---|---|%s\n", strings.Repeat("---|", len(packs)))
	for _, s := range sources {
		clean := at(s.Result.Clean, s.Name).All
		fmt.Fprintf(&b, "| %s | %d |", s.Name, clean)
		for _, p := range packs {
			n := s.Result.Alarms[p.Name]
			fmt.Fprintf(&b, " %d (%.2f %%) |", n, 100*float64(n)/float64(clean))
		}
		b.WriteString("\n")
	}
	return b.String()
}
