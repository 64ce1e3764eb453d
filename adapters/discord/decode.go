package discord

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/bwmarrin/discordgo"
)

// losses counts what came and could not be read: whole events, and single values of what was read all the same.
type losses struct {
	log *slog.Logger

	mu             sync.Mutex
	events, values uint64
	told           map[string]bool // values that the log names already
}

// maxTold bounds how many kinds of values the log names.
const maxTold = 200

// event counts an event that is left out.
func (l *losses) event(kind string, err error) {
	l.log.Warn("discord: event left out", "type", kind, "err", err)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.events++
}

// read decodes what came, as far as it can, and counts what cannot be read. The log names each value once.
func (l *losses) read(what string, data []byte, into any) error {
	lost, err := decode(data, into)
	if len(lost) == 0 {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.values += uint64(len(lost))
	for _, name := range lost {
		if name = what + " " + name; !l.told[name] && len(l.told) < maxTold {
			l.told[name] = true
			l.log.Warn("discord: a value of another kind than it was: the rest is read", "value", name)
		}
	}
	return err
}

// Unread is how many events were left out because they could not be read, and how many values of others. See adapters.Reader.
func (a *Adapter) Unread() (events, values uint64) {
	l := a.book.losses
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.events, l.values
}

// decode reads JSON as far as it can: a value of another kind than ours is as if it were not there, and the rest is read.
// Discord adds and changes what nobody here needs, and a whole message must not go unjudged for it. lost names what could
// not be read. An error means that it is no JSON, or nothing like what is wanted.
func decode(data []byte, into any) (lost []string, err error) {
	if err = json.Unmarshal(data, into); err == nil {
		return nil, nil
	}
	v := reflect.ValueOf(into).Elem()
	v.SetZero()
	if !json.Valid(data) || !partly(data, v, "", &lost) {
		return lost, fmt.Errorf("it cannot be read: %w", err)
	}
	return lost, nil
}

// whole are values that are of no use, and would make somebody of a moderator who is none or the reverse, without these of
// their fields: they are lost whole.
var whole = map[reflect.Type][]string{
	reflect.TypeFor[discordgo.Member](): {"roles"}, reflect.TypeFor[discordgo.Role](): {"id", "permissions"}, reflect.TypeFor[discordgo.User](): {"id"},
}

// partly reads what can be read of a value, and tells whether that is anything.
func partly(data []byte, v reflect.Value, path string, lost *[]string) bool {
	if json.Unmarshal(data, v.Addr().Interface()) == nil {
		return true
	}
	v.SetZero() // of a value that failed, a part may have been read
	_, itself := v.Addr().Interface().(json.Unmarshaler)
	switch {
	case itself:
	case v.Kind() == reflect.Pointer:
		inner := reflect.New(v.Type().Elem())
		if partly(data, inner.Elem(), path, lost) {
			v.Set(inner)
			return true
		}
		return false
	case v.Kind() == reflect.Slice:
		return partlyList(data, v, path, lost)
	case v.Kind() == reflect.Struct:
		return partlyObject(data, v, path, lost)
	}
	*lost = append(*lost, path)
	return false
}

func partlyList(data []byte, v reflect.Value, path string, lost *[]string) bool {
	var items []json.RawMessage
	if json.Unmarshal(data, &items) != nil {
		*lost = append(*lost, path)
		return false
	}
	for _, item := range items {
		e := reflect.New(v.Type().Elem()).Elem()
		if partly(item, e, path, lost) {
			v.Set(reflect.Append(v, e))
		}
	}
	return true
}

func partlyObject(data []byte, v reflect.Value, path string, lost *[]string) bool {
	var fields map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		*lost = append(*lost, path)
		return false
	}
	for _, name := range sortedKeys(fields) {
		one, err := json.Marshal(map[string]json.RawMessage{name: fields[name]})
		if err != nil || json.Unmarshal(one, reflect.New(v.Type()).Interface()) == nil {
			_ = json.Unmarshal(one, v.Addr().Interface()) // it was read a line above
			continue
		}
		at := strings.TrimPrefix(path+"."+name, ".")
		if slices.Contains(whole[v.Type()], name) {
			v.SetZero()
			*lost = append(*lost, at)
			return false
		}
		if f := fieldNamed(v, name); f.IsValid() {
			partly(fields[name], f, at, lost)
		} else {
			*lost = append(*lost, at)
		}
	}
	return true
}

// fieldNamed is the field that JSON calls so, also of a struct within; none when nobody does, or when it is written in a
// way of its own.
func fieldNamed(v reflect.Value, name string) reflect.Value {
	for _, f := range reflect.VisibleFields(v.Type()) {
		tag, how, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.Anonymous && f.IsExported() && strings.EqualFold(first(tag, f.Name), name) && !strings.Contains(how, "string") {
			return v.FieldByIndex(f.Index)
		}
	}
	return reflect.Value{}
}
