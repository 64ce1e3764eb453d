package activities

import (
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// room reads the logical name of a room.
func room(v yamlsrc.Value, env Env) (string, bool) { return v.Enum("room", env.Rooms...) }

// words reads the community's own words: one text, or one for each language.
func words(v yamlsrc.Value, env Env) (chat.Words, bool) {
	if v.Kind() != "map" {
		s, ok := v.Text()
		return chat.Words{env.own(): s}, ok
	}
	m, ok := v.MapOf("language", env.Languages...)
	if !ok {
		return nil, false
	}
	return wordsOf(v, m.Fields())
}

// wordsOf reads one text for each language.
func wordsOf(v yamlsrc.Value, fields []yamlsrc.Field) (chat.Words, bool) {
	ok := true
	out := chat.Words{}
	for _, f := range fields {
		s, read := f.Value.Text()
		ok = ok && read
		out[f.Name] = s
	}
	if len(out) == 0 {
		v.Errorf(`write { en: "…", fr: "…" }`, "the text is missing")
		return nil, false
	}
	return out, ok
}

// own is the community's language.
func (e Env) own() string {
	if len(e.Languages) == 0 {
		return "en"
	}
	return e.Languages[0]
}

// duration reads a duration that has a default; ok is false only for a wrong one.
func duration(v yamlsrc.Value, fallback, least, most time.Duration) (d time.Duration, ok bool) {
	if v.IsZero() {
		return fallback, true
	}
	return v.Duration(least, most)
}
