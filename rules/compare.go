package rules

import (
	"strconv"
	"strings"
	"time"

	"palabre/internal/human"
	"palabre/internal/yamlsrc"
)

// compare is "> 4": an operator and a number.
type compare struct {
	op string // > >= < <=
	n  int64
}

func (c compare) holds(x int64) bool {
	switch c.op {
	case ">":
		return x > c.n
	case ">=":
		return x >= c.n
	case "<":
		return x < c.n
	}
	return x <= c.n
}

// least is the smallest number that holds; 0 when the operator looks down.
func (c compare) least() int64 {
	switch c.op {
	case ">":
		return c.n + 1
	case ">=":
		return c.n
	}
	return 0
}

// always and never tell whether every, or no, number from 0 to most holds.
func (c compare) always(most int64) bool { return c.holds(0) && c.holds(most) }
func (c compare) never(most int64) bool  { return !c.holds(0) && !c.holds(most) }

// splitCompare reads the operator of "> 4" and gives what follows it.
func splitCompare(v yamlsrc.Value, example string) (op, rest string, ok bool) {
	hint := "write it like " + strconv.Quote(example)
	switch v.Kind() {
	case "text":
	case "number":
		v.Errorf(hint+": >, >=, < and <= are known", "must say how %s is compared", v.Raw())
		return "", "", false
	default:
		v.Errorf(hint, "must be a comparison")
		return "", "", false
	}
	s := strings.TrimSpace(v.Raw())
	for _, op := range []string{">=", "<=", ">", "<"} {
		if rest, ok := strings.CutPrefix(s, op); ok {
			return op, strings.TrimSpace(rest), true
		}
	}
	v.Errorf(hint+": >, >=, < and <= are known", "must begin with a comparison, got %q", v.Raw())
	return "", "", false
}

// number reads "> 4" against numbers from 0 to most. unit is what may follow the number ("%"), empty for nothing.
func number(v yamlsrc.Value, example, unit string, most int64) (compare, bool) {
	op, rest, ok := splitCompare(v, example)
	if !ok {
		return compare{}, false
	}
	digits, found := strings.CutSuffix(rest, unit)
	digits = strings.TrimSpace(digits)
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || !found && unit != "" || len(digits) > 1 && digits[0] == '0' {
		v.Errorf("write it like "+strconv.Quote(example), "must compare with a whole number, got %q", v.Raw())
		return compare{}, false
	}
	c := compare{op: op, n: int64(n)}
	return c, sensible(v, c, most)
}

// sensible refuses a comparison that says nothing.
func sensible(v yamlsrc.Value, c compare, most int64) bool {
	switch {
	case c.always(most):
		v.Errorf("use another number", "%q is always true", v.Raw())
	case c.never(most):
		v.Errorf("use another number", "%q is never true", v.Raw())
	default:
		return true
	}
	return false
}

// age reads "< 3d".
func age(v yamlsrc.Value) (compare, bool) {
	op, rest, ok := splitCompare(v, "< 3d")
	if !ok {
		return compare{}, false
	}
	d, err := human.Parse(rest)
	if err != nil {
		v.Errorf(`write it like "< 3d"`, "%v", err)
		return compare{}, false
	}
	return compare{op: op, n: int64(d)}, true
}

// window reads how far back a condition looks.
func window(v yamlsrc.Value) (time.Duration, bool) {
	return v.Duration(time.Second, longestWindow)
}

// longestWindow is how far back a rule may look. It bounds the memory that a person takes.
const longestWindow = 24 * time.Hour
