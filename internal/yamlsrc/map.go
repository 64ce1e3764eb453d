package yamlsrc

import (
	"slices"
	"strings"
)

// Field is one line of a map.
type Field struct {
	Name  string
	Key   Value // where the name stands
	Value Value
}

// Map is a map that was read, in the file's order, without its unknown keys.
type Map struct {
	at     Value
	fields []Field
}

// Fields reads a map with whatever keys it has.
func (v Value) Fields() ([]Field, bool) {
	if v.IsZero() {
		return nil, false
	}
	if v.Kind() != "map" {
		v.wrong("a map", "")
		return nil, false
	}
	out := make([]Field, 0, len(v.node.Content)/2)
	for i := 0; i+1 < len(v.node.Content); i += 2 {
		key := v.child(v.node.Content[i])
		out = append(out, Field{Name: key.Raw(), Key: key, Value: v.child(v.node.Content[i+1])})
	}
	return out, true
}

// Map reads a map that knows these keys; every other one is a mistake, with the nearest that exists.
func (v Value) Map(keys ...string) (Map, bool) { return v.MapOf("key", keys...) }

// MapOf is Map where the keys have a name of their own ("condition").
func (v Value) MapOf(noun string, keys ...string) (Map, bool) {
	fields, ok := v.Fields()
	if !ok {
		return Map{}, false
	}
	m := Map{at: v}
	for _, f := range fields {
		if !slices.Contains(keys, f.Name) {
			f.Key.Errorf(DidYouMean(f.Name, keys), "unknown %s %q", noun, f.Name)
			continue
		}
		m.fields = append(m.fields, f)
	}
	return m, true
}

// Get is the value of a key; zero when the key is absent.
func (m Map) Get(key string) Value {
	for _, f := range m.fields {
		if f.Name == key {
			return f.Value
		}
	}
	return Value{}
}

// Has tells whether the key stands in the map.
func (m Map) Has(key string) bool { return !m.Get(key).IsZero() }

// Fields are the known keys that the map has, in the file's order.
func (m Map) Fields() []Field { return m.fields }

// Require reports each of the keys that the map lacks, and tells whether it has them all.
func (m Map) Require(keys ...string) bool {
	all := true
	for _, k := range keys {
		if !m.Has(k) {
			m.at.Errorf("add "+k+":", "%q is missing", k)
			all = false
		}
	}
	return all
}

// DidYouMean is a hint that names the nearest option, or all of them when none is near.
func DidYouMean(word string, options []string) string {
	if near := Nearest(word, options); near != "" {
		return `did you mean "` + near + `"?`
	}
	if len(options) == 0 {
		return ""
	}
	return "known here: " + strings.Join(options, ", ")
}

// Nearest is the option that differs least from a word, empty when none is near enough to be meant.
func Nearest(word string, options []string) string {
	best, nearest := "", len([]rune(word))/3+1
	for _, o := range options {
		if n := distance(strings.ToLower(word), strings.ToLower(o), nearest); n < nearest && n < len([]rune(o)) {
			best, nearest = o, n
		}
	}
	return best
}

// distance counts the letters to change, add, take away or swap between two words, up to a limit.
func distance(a, b string, limit int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) >= limit || len(y)-len(x) >= limit {
		return limit
	}
	var before []int
	last, row := make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		for j := range y {
			change := last[j]
			if x[i] != y[j] {
				change++
			}
			row[j+1] = min(change, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, make([]int, len(y)+1)
	}
	return last[len(y)]
}

// has tells whether a map has one of these keys.
func (v Value) has(keys []string) bool {
	if v.Kind() != "map" {
		return false
	}
	for i := 0; i < len(v.node.Content); i += 2 {
		if slices.Contains(keys, v.node.Content[i].Value) {
			return true
		}
	}
	return false
}
