package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strconv"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

// readablePattern is how long a pattern may be, in bytes, to be shown as a reason; of a longer one people are shown what it
// found.
const readablePattern = 60

// longestPattern bounds a pattern's source, and with it what matching costs.
const longestPattern = 512

type patterns struct{ list *text.PatternList }

func parsePattern(p *parser, v yamlsrc.Value) (condition, bool) {
	var list []*regexp.Regexp
	entries, ok := v.OneOrMany(), true
	for _, e := range entries {
		re, good := compilePattern(e)
		if ok = ok && good; good {
			list = append(list, re)
		}
	}
	if len(entries) == 0 {
		v.Errorf("write a pattern, or remove the condition", "the list of patterns is empty")
		return nil, false
	}
	out := patterns{p.search.Patterns(list)}
	if !p.inPack(v) { // we have measured those, and nobody else can change them
		for _, c := range out.list.Costs() {
			p.remarkCost(c)
		}
	}
	return out, ok
}

// remarkCost says what a moderator should know of a pattern that costs much.
func (p *parser) remarkCost(c text.Cost) {
	pattern := "pattern " + strconv.Quote(c.Pattern) + ": "
	if c.Everywhere {
		p.remarks = append(p.remarks, fmt.Sprintf("%sno required literal: costs about %.1f µs on nearly every message", pattern, float64(c.Each)/1000))
	}
	if c.Slow {
		p.remarks = append(p.remarks, fmt.Sprintf("%sslow: it is tried last, and left out of long messages; smaller numbers in {…} make it faster", pattern))
	}
}

// price puts slow patterns after everything else that a rule asks.
func (c patterns) price() int {
	if slices.ContainsFunc(c.list.Costs(), func(c text.Cost) bool { return c.Slow }) {
		return costSlow
	}
	return costSearch
}

// unlike are texts that have nothing in common: a pattern that is found in all of them is found everywhere.
var unlike = []string{"a", "7", " ", "?", "я", "語"}

func compilePattern(v yamlsrc.Value) (*regexp.Regexp, bool) {
	src, ok := v.Text()
	if !ok {
		return nil, false
	}
	if len(src) > longestPattern {
		v.Errorf("use several patterns, or words", "the pattern is longer than %d bytes", longestPattern)
		return nil, false
	}
	re, err := regexp.Compile(src)
	if err != nil {
		explainPattern(v, err)
		return nil, false
	}
	everywhere := true
	for _, s := range unlike {
		everywhere = everywhere && re.MatchString(s)
	}
	if everywhere || re.MatchString("") {
		v.Errorf("say what must be found: at least one certain character", "the pattern matches everything")
		return nil, false
	}
	return re, true
}

func explainPattern(v yamlsrc.Value, err error) {
	var bad *syntax.Error
	if !errors.As(err, &bad) {
		v.Errorf("", "the pattern cannot be read: %v", err)
		return
	}
	hint := "patterns are RE2: try it without " + strconv.Quote(bad.Expr)
	switch {
	case bad.Code == syntax.ErrInvalidPerlOp:
		hint = "look-ahead and look-behind are not possible: patterns are RE2, which is never slow; say the exception with not: or unless:"
	case bad.Code == syntax.ErrInvalidRepeatSize:
		hint = "repeat at most 1000 times"
	case bad.Code == syntax.ErrInvalidEscape && len(bad.Expr) > 1 && bad.Expr[1] >= '1' && bad.Expr[1] <= '9':
		hint = `back references are not possible: patterns are RE2, which is never slow`
	}
	v.Errorf(hint, "the pattern cannot be read: %s %q", bad.Code, bad.Expr)
}

func (c patterns) grounds() grounds { return onTarget(c.list.Target()) }

func (c patterns) match(r *Reading, _ *History) bool { return c.in(r.View) }

func (c patterns) in(v *text.View) bool {
	_, _, ok := v.FindPattern(c.list)
	return ok
}

func (c patterns) reason(r *Reading, _ *History) chat.Reason {
	span, pattern, _ := r.View.FindPattern(c.list)
	found := r.View.Original(span)
	say := chat.Say("reason.pattern", chat.Args{"pattern": pattern})
	if len(pattern) > readablePattern {
		say = chat.Say("reason.pattern.long", chat.Args{"found": found})
	}
	return chat.Reason{Say: say, Excerpt: found}
}

func (c patterns) value(r *Reading, _ *History) string {
	if span, _, ok := r.View.FindPattern(c.list); ok {
		return strconv.Quote(r.View.Original(span)) + " matches"
	}
	if left := r.View.LeftOut(); len(left) > 0 {
		return "not found; left out, since the text would take too long: " + strings.Join(left, ", ")
	}
	return "not found"
}
