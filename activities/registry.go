package activities

import (
	"fmt"
	"strings"

	"palabre/internal/yamlsrc"
)

// Env is what an activity's configuration may refer to.
type Env struct {
	Rooms     []string // logical names
	Zone      string   // of schedules: an IANA name
	Languages []string // in which texts may be written; the first is the community's own
}

// kind is one activity that exists.
type kind struct {
	name, meaning string
	keys          []key
	example       string
	// parse reads the activity's block. It gives nil for a wrong block, whose mistakes it reported, and
	// when there is nothing to do without a block.
	parse func(v yamlsrc.Value, keys []string, env Env) Activity
}

// key is one line of an activity's block.
type key struct{ name, meaning, fallback string }

// kinds is what exists.
var kinds = []kind{
	{
		name: "welcome", parse: parseWelcome,
		meaning: "Greets newcomers together, each once for ever, and invites them to introduce themselves. " +
			"Each network greets those who came there. Who leaves before the greeting is not named in it, and who came more than a day ago is not greeted any more. " +
			"While raid mode is on, greetings wait until it ends; one that the network refused is tried again. " +
			"In a wave, when more than `at_most` come within the time of `wave`, there is one greeting in that time at most, with their number in place of their names. " +
			"Who waits while `welcome` is taken out of the file is greeted when it is put back within a day.",
		keys: []key{
			{"room", "where people are greeted", ""},
			{"wait", "how long arrivals are collected, from 1s to 1d", "5m"},
			{"at_most", "how many are named in one greeting, from 1 to 25", "8"},
			{"wave", "from one greeting to the next when many come, from 1s to 1d", "30m"},
		},
		example: "welcome: { room: welcome, wait: 5m, at_most: 8, wave: 30m }",
	},
	{
		name: "prompts", parse: parsePrompts,
		meaning: "Opens a thread with a question at its hour. No question comes back before all were asked, whatever is corrected, translated or put into another order meanwhile: " +
			"a question is recognised by its `id`, else by nearly the same words, else by its place. " +
			"After three failures in a row a prompt pauses, until its configuration changes. A prompt that is taken out of the file asks nothing; " +
			"what it has asked is remembered for a year, in case it is put back under the same name. A list, with one entry for each prompt.",
		keys: []key{
			{"name", "its name: letters, digits, - and _", ""},
			{"room", "where the thread is opened", ""},
			{"at", "five cron fields, or @daily, @weekly, @monthly, in the community's zone; a day of the month and " +
				"a day of the week together mean either", ""},
			{"catch_up", "after a stop the question is still asked, once, for the newest hour that was missed, if it is no later than this (up to 7d) and the next hour is not nearer", "3h"},
			{"title", "the thread's title", ""},
			{"pool", "the questions: a text, or one for each language, with an `id` where one wishes", ""},
		},
		example: "prompts:\n  - name: monday-question\n    room: debates\n    at: \"0 18 * * 1\"\n" +
			"    title: { en: \"Question of the week\", fr: \"La question de la semaine\" }\n" +
			"    pool:\n      - { en: \"What did you learn?\", fr: \"Qu'avez-vous appris ?\" }",
	},
}

// Parse reads the block `activities:`, absent or not; every mistake is reported to the value's document. An activity
// may be there without a block of its own, to end what an earlier configuration began.
func Parse(v yamlsrc.Value, env Env) []Activity {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.name
	}
	m, _ := v.MapOf("activity", names...)
	var out []Activity
	for _, k := range kinds {
		block := m.Get(k.name).About("%s", k.name)
		block.Guard(func() {
			if a := k.parse(block, k.keyNames(), env); a != nil {
				out = append(out, a)
			}
		})
	}
	return out
}

// keyNames are the names of the lines that the activity knows.
func (k kind) keyNames() []string {
	out := make([]string, len(k.keys))
	for i, line := range k.keys {
		out[i] = line.name
	}
	return out
}

// Reference describes every activity in Markdown, for docs/activities.md.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Activities\n\nWhat brings a community to life, under `activities:`.\n")
	for _, k := range kinds {
		fmt.Fprintf(&b, "\n## %s\n\n%s\n\n| key | means | when absent |\n|---|---|---|\n", k.name, k.meaning)
		for _, line := range k.keys {
			fallback := "must be there"
			if line.fallback != "" {
				fallback = "`" + line.fallback + "`"
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s |\n", line.name, line.meaning, fallback)
		}
		fmt.Fprintf(&b, "\n```yaml\nactivities:\n  %s\n```\n", strings.ReplaceAll(k.example, "\n", "\n  "))
	}
	return b.String()
}
