package crashtest

import (
	"fmt"
	"regexp"
	"strings"

	"palabre/adapters/matrix/matrixtest"
)

func (w *town) utter(text string) (user, message string) {
	p := w.newcomer("stranger")
	return p.ID, w.say(p, text)
}

func (w *town) event(message string) string { return "matrix:" + message }

func (w *town) call(command string) (event string) {
	id := w.must("command's message")(w.admin.Say(w.desk, "!"+command))
	event = "matrix:" + id + ":cmd"
	w.told[event] = "command"
	w.commands[id] = command
	return event
}

// stranger is who a question is about.
var stranger = regexp.MustCompile(`\bstranger\d+`)

func (w *town) cards() []card {
	var out []card
	for _, ev := range w.hs.Events(w.desk) {
		body, _ := ev.Content["body"].(string)
		relates, _ := ev.Content["m.relates_to"].(map[string]any)
		offered, _ := ev.Content["fr.palabre.card"].(map[string]any)
		key, _ := offered["key"].(string)
		if ev.Sender != w.self || !strings.HasPrefix(key, "ask/") || relates["rel_type"] == "m.replace" {
			continue
		}
		out = append(out, card{message: ev.ID, about: "@" + stranger.FindString(body) + ":" + matrixtest.Name})
	}
	return out
}

func (w *town) press(moderator int, c card, choice string) (event string) {
	emoji := map[string]string{approve: "✅", dismiss: "❌"}[choice]
	id := w.must("reaction")(w.moderators[moderator].React(w.desk, c.message, emoji))
	delete(w.told, "matrix:"+id)
	w.told["matrix:"+id+":press"] = "answer"
	return "matrix:" + id + ":press"
}

func (w *town) surely() bool { return true }

func (w *town) regretted(user string) bool {
	return strings.HasPrefix(user, "@noisier") || strings.HasPrefix(user, "@suspect")
}

func (w *town) deafen() {
	w.hs.Fail(matrixtest.Fault{Kind: "send", Times: 6, Commit: true})
	w.hs.Fail(matrixtest.Fault{Kind: "redact", Times: 3, Commit: true})
}

func (w *town) forget() { w.hs.ForgetTransactions() }

func (w *town) configure(e extra) string {
	return fmt.Sprintf(configuration, w.folder, w.url, rulesWith(e), promptLines("general", e.prompt))
}
