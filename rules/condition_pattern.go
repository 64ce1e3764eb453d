package rules

import (
	"errors"
	"regexp"
	"regexp/syntax"
	"strconv"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// longestPattern bounds a pattern's source, and with it what matching costs.
const longestPattern = 512

type patterns []*regexp.Regexp

func parsePattern(_ *parser, v yamlsrc.Value) (condition, bool) {
	var out patterns
	entries, ok := v.OneOrMany(), true
	for _, e := range entries {
		re, good := compilePattern(e)
		ok = ok && good
		out = append(out, re)
	}
	if len(entries) == 0 {
		v.Errorf("write a pattern, or remove the condition", "the list of patterns is empty")
		return nil, false
	}
	return out, ok
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

func (c patterns) match(r *Reading, _ *History) bool {
	for _, re := range c {
		if _, ok := r.View.FindPattern(re); ok {
			return true
		}
	}
	return false
}

func (c patterns) reason(r *Reading, _ *History) chat.Reason {
	for _, re := range c {
		if span, ok := r.View.FindPattern(re); ok {
			return chat.Reason{Say: chat.Say("reason.pattern", chat.Args{"pattern": re.String()}), Excerpt: r.View.Original(span)}
		}
	}
	return chat.Reason{}
}

func (c patterns) value(r *Reading, past *History) string {
	if c.match(r, past) {
		return strconv.Quote(c.reason(r, past).Excerpt) + " matches"
	}
	return "not found"
}
