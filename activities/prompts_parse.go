package activities

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"time"

	"palabre/internal/yamlsrc"
	"palabre/schedule"
)

var promptName = regexp.MustCompile(`^[\pL\pN_-]{1,64}$`)

// parsePrompts reads the list of prompts; without any it gives the activity that only cleans up.
func parsePrompts(v yamlsrc.Value, keys []string, env Env) Activity {
	list, _ := v.List()
	ps := prompts{}
	for _, entry := range list {
		p, ok := parsePrompt(entry, keys, env)
		if !ok {
			continue
		}
		if slices.ContainsFunc(ps, func(o prompt) bool { return o.name == p.name }) {
			entry.Errorf("give it another name", "there are two prompts named %q", p.name)
			continue
		}
		ps = append(ps, p)
	}
	return ps
}

func parsePrompt(v yamlsrc.Value, keys []string, env Env) (prompt, bool) {
	m, ok := v.Map(keys...)
	if !ok {
		return prompt{}, false
	}
	var p prompt
	oks := make([]bool, 7)
	oks[6] = m.Require("name", "room", "at", "title", "pool")
	p.name, oks[0] = parseName(m.Get("name"))
	p.room, oks[1] = room(m.Get("room"), env)
	p.when, oks[2] = parseSchedule(m.Get("at"), env.Zone)
	p.catchUp, oks[3] = duration(m.Get("catch_up"), 3*time.Hour, 0, 7*24*time.Hour)
	p.title, oks[4] = words(m.Get("title"), env)
	p.pool, oks[5] = parsePool(m.Get("pool"), env)
	return p, !slices.Contains(oks, false)
}

func parseName(v yamlsrc.Value) (string, bool) {
	name, ok := v.Text()
	if ok && !promptName.MatchString(name) {
		v.Errorf(`write it like "monday-question"`, "a name is letters, digits, - and _, not %q", name)
		return "", false
	}
	return name, ok
}

func parseSchedule(v yamlsrc.Value, zone string) (schedule.Schedule, bool) {
	spec, ok := v.Text()
	if !ok {
		return schedule.Schedule{}, false
	}
	s, err := schedule.Parse(spec, zone)
	if wrong, is := errors.AsType[*schedule.Error](err); is {
		v.Errorf(wrong.Hint, "%s", wrong.Problem)
	}
	return s, err == nil
}

func parsePool(v yamlsrc.Value, env Env) ([]question, bool) {
	list, ok := v.List()
	if !ok {
		return nil, false
	}
	if len(list) == 0 {
		v.Errorf("add a question", "the pool is empty")
		return nil, false
	}
	var pool []question
	for _, entry := range list {
		q, read := parseQuestion(entry, env)
		ok = ok && read
		switch {
		case !read:
		case slices.ContainsFunc(pool, func(o question) bool { return maps.Equal(o.words, q.words) }):
			entry.Errorf("remove it", "this question stands in the pool twice")
			ok = false
		case q.id != "" && slices.ContainsFunc(pool, func(o question) bool { return o.id == q.id }):
			entry.Errorf("give it another id", "there are two questions with the id %q", q.id)
			ok = false
		}
		pool = append(pool, q)
	}
	return pool, ok
}

// parseQuestion reads a question: its words, and an id where the file gives it one.
func parseQuestion(v yamlsrc.Value, env Env) (question, bool) {
	if v.Kind() != "map" {
		w, ok := words(v, env)
		return question{words: w}, ok
	}
	m, ok := v.MapOf("language", append(slices.Clone(env.Languages), "id")...)
	if !ok {
		return question{}, false
	}
	var q question
	if id := m.Get("id"); !id.IsZero() {
		q.id, ok = parseName(id)
	}
	w, read := wordsOf(v, slices.DeleteFunc(slices.Clone(m.Fields()), func(f yamlsrc.Field) bool { return f.Name == "id" }))
	q.words = w
	return q, ok && read
}
