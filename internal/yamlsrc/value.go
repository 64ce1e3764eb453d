package yamlsrc

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/internal/human"

	"gopkg.in/yaml.v3"
)

// Value is a place in the tree of a file. Its readers report a wrong type as a mistake and answer false, so
// that reading goes on and finds the next mistake. The zero Value is an absent one: its readers answer false
// and report nothing.
type Value struct {
	node  *yaml.Node
	doc   *Doc
	about string // begins every mistake below: `rule "flood": `
}

// IsZero tells whether the value is absent.
func (v Value) IsZero() bool { return v.node == nil }

// Doc is the file that the value stands in; nil for an absent value.
func (v Value) Doc() *Doc { return v.doc }

// About makes every mistake at and below the value begin with a sentence ("rule %q").
func (v Value) About(format string, args ...any) Value {
	v.about = fmt.Sprintf(format, args...) + ": "
	return v
}

// Pos is where the value stands; zero for an absent value.
func (v Value) Pos() Pos {
	if v.node == nil {
		return Pos{}
	}
	return Pos{v.node.Line, v.node.Column, v.doc.width(v.node)}
}

// Errorf notes a mistake at the value. The hint may be empty.
func (v Value) Errorf(hint, format string, args ...any) {
	if v.node != nil {
		v.doc.Errorf(v.Pos(), hint, "%s", v.about+fmt.Sprintf(format, args...))
	}
}

// Conceal hides the value's text in every line that is ever shown: for secrets.
func (v Value) Conceal() {
	if v.node != nil {
		v.doc.conceal(v.node)
	}
}

// Kind tells what is written: "text", "number", "yes or no", "nothing", "list" or "map"; empty for an absent value.
func (v Value) Kind() string {
	switch {
	case v.node == nil:
		return ""
	case v.node.Kind == yaml.MappingNode:
		return "map"
	case v.node.Kind == yaml.SequenceNode:
		return "list"
	}
	switch v.node.ShortTag() {
	case "!!int", "!!float":
		return "number"
	case "!!bool":
		return "yes or no"
	case "!!null":
		return "nothing"
	}
	return "text" // timestamps too: nothing here is a date
}

// Raw is a scalar's text as read, whatever its type; empty for maps, lists and absent values.
func (v Value) Raw() string {
	if v.node == nil || v.node.Kind != yaml.ScalarNode {
		return ""
	}
	return v.node.Value
}

func (v Value) wrong(want, hint string) {
	switch kind := v.Kind(); kind {
	case "nothing":
		v.Errorf(hint, "%s is missing here", want)
	case "map", "list":
		v.Errorf(hint, "must be %s, not a %s", want, kind)
	case "yes or no":
		v.Errorf(hint, "must be %s, not %s", want, v.Raw())
	case "number", "text":
		v.Errorf(hint, "must be %s, not the %s %s", want, kind, quoteText(v))
	}
}

func quoteText(v Value) string {
	if v.doc.secrets[v.node] {
		return "that stands here"
	}
	if v.Kind() == "number" {
		return v.Raw()
	}
	return strconv.Quote(shortened(v.Raw()))
}

// shortened is a text as a message may repeat it: a few words of it.
func shortened(s string) string {
	const most = 60
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return s
}

// Text reads a text that says something: blank is a mistake, and so is a number or a yes that is not in quotes.
func (v Value) Text() (string, bool) {
	s, ok := v.TextOrEmpty()
	if ok && strings.TrimSpace(s) == "" {
		v.Errorf("write the text, or remove the line", "an empty text stands here")
		return "", false
	}
	return s, ok
}

// TextOrEmpty reads a text that may be empty ("").
func (v Value) TextOrEmpty() (string, bool) {
	switch v.Kind() {
	case "":
		return "", false
	case "text":
		return v.node.Value, true
	case "number", "yes or no":
		v.wrong("a text", fmt.Sprintf("put it in quotes: %q", v.Raw()))
	default:
		v.wrong("a text", "write the text, or remove the line")
	}
	return "", false
}

// Int reads a whole decimal number from least to most.
func (v Value) Int(least, most int) (int, bool) {
	if v.IsZero() {
		return 0, false
	}
	raw := v.Raw()
	if v.Kind() != "number" || strings.Trim(strings.TrimPrefix(raw, "-"), "0123456789") != "" {
		v.wrong(fmt.Sprintf("a whole number from %d to %d", least, most), "write it in digits")
		return 0, false
	}
	if digits := strings.TrimPrefix(raw, "-"); len(digits) > 1 && digits[0] == '0' {
		v.Errorf("write "+cmp.Or(strings.TrimLeft(digits, "0"), "0"), "a number may not begin with 0: %s could be read as octal", raw)
		return 0, false
	}
	n, err := strconv.Atoi(raw)
	if err != nil || n < least || n > most {
		v.Errorf(nearEnd(n > least, strconv.Itoa(least), strconv.Itoa(most)), "must be from %d to %d, got %s", least, most, raw)
		return 0, false
	}
	return n, true
}

// Bool reads true or false.
func (v Value) Bool() (value, ok bool) {
	if v.IsZero() {
		return false, false
	}
	if raw := v.Raw(); v.Kind() == "yes or no" {
		return strings.EqualFold(raw, "true"), true
	}
	v.wrong("true or false", "write true or false, without quotes")
	return false, false
}

const durationHint = `write it like "10m", "1h30m" or "3d"`

// Duration reads "1h30m" or "3d", from least to most (most 0: as long as human.Longest).
func (v Value) Duration(least, most time.Duration) (time.Duration, bool) {
	switch v.Kind() {
	case "":
		return 0, false
	case "text", "number":
	default:
		v.wrong(`a duration such as "10m"`, durationHint)
		return 0, false
	}
	d, err := human.Parse(v.Raw())
	switch {
	case errors.Is(err, human.ErrUnit):
		v.Errorf(fmt.Sprintf("did you mean %q or %q?", v.Raw()+"s", v.Raw()+"m"), "%v", err)
	case err != nil:
		v.Errorf(durationHint, "%v", err)
	case d < least || most > 0 && d > most:
		v.Errorf(nearEnd(d > least, human.Format(least), human.Format(most)), "must be %s, got %s", durationRange(least, most), v.Raw())
		return 0, false
	}
	return d, err == nil
}

// nearEnd is the hint for a value outside its range.
func nearEnd(above bool, least, most string) string {
	if above {
		return "the most is " + most
	}
	return "the least is " + least
}

func durationRange(least, most time.Duration) string {
	if most == 0 {
		return "at least " + human.Format(least)
	}
	return "between " + human.Format(least) + " and " + human.Format(most)
}

// Enum reads one of a few words; noun says what they are ("mode").
func (v Value) Enum(noun string, options ...string) (string, bool) {
	s, ok := v.Text()
	if !ok {
		return "", false
	}
	if slices.Contains(options, s) {
		return s, true
	}
	v.Errorf(DidYouMean(s, options), "unknown %s %q", noun, s)
	return "", false
}

// List reads a list; it may be empty.
func (v Value) List() ([]Value, bool) {
	if v.IsZero() {
		return nil, false
	}
	if v.node.Kind != yaml.SequenceNode {
		v.wrong("a list", "write [ a, b ], or one entry a line, each after a -")
		return nil, false
	}
	out := make([]Value, len(v.node.Content))
	for i, n := range v.node.Content {
		out[i] = v.child(n)
	}
	return out, true
}

// OneOrMany reads a list, or one value that stands for a list of one.
func (v Value) OneOrMany() []Value {
	if v.Kind() == "list" {
		out, _ := v.List()
		return out
	}
	if v.IsZero() {
		return nil
	}
	return []Value{v}
}

func (v Value) child(n *yaml.Node) Value {
	if name, ok := strings.CutPrefix(n.Value, "$"); ok && v.doc.given != nil {
		if given, ok := v.doc.given[name]; ok {
			given.about = v.about
			return given
		}
	}
	return Value{node: n, doc: v.doc, about: v.about}
}

// Fingerprint writes what the value says, without comments, spacing and style: for telling whether two files
// say the same. An absent value writes nothing.
func (v Value) Fingerprint(w io.Writer) {
	if v.node == nil {
		return
	}
	n := v.node
	fmt.Fprintf(w, "%d %s %q %d\n", n.Kind, n.ShortTag(), n.Value, len(n.Content))
	for _, c := range n.Content {
		v.child(c).Fingerprint(w)
	}
}

// Shown is the value as one would write it in one line.
func (v Value) Shown() string {
	switch v.Kind() {
	case "map":
		fields, _ := v.Fields()
		parts := make([]string, len(fields))
		for i, f := range fields {
			parts[i] = f.Name + ": " + f.Value.Shown()
		}
		return "{ " + strings.Join(parts, ", ") + " }"
	case "list":
		entries, _ := v.List()
		parts := make([]string, len(entries))
		for i, e := range entries {
			parts[i] = e.Shown()
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	if v.node != nil && v.node.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle) != 0 {
		return strconv.Quote(v.Raw())
	}
	return v.Raw()
}
