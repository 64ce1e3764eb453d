package rules

import "palabre/internal/yamlsrc"

// mostPoints is the heaviest mark that one rule may give.
const mostPoints = 100

type strikes struct{ points int }

func parseStrike(_ *parser, v yamlsrc.Value) (consequence, bool) {
	if v.IsZero() {
		return strikes{1}, true
	}
	n, ok := v.Int(1, mostPoints)
	return strikes{n}, ok
}

func (strikes) name() string { return "strike" }

func (s strikes) add(u *union, r *rule) {
	if s.points > u.strike.Points {
		u.strike.Points, u.strike.Rule = s.points, r.name
	}
}
