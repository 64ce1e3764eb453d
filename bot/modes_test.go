package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"palabre/chat"
)

// ask lets somebody type a command in the moderators' room.
func (h *house) ask(id, who string, standing chat.Standing, name, args string) {
	call := says(id, who, "!"+name+" "+args)
	call.ID, call.Room, call.Logical, call.Actor.Standing = "console:"+id+":cmd", desk, "moderators", standing
	call.Body = chat.CommandInvoked{Name: name, Args: args, Message: chat.MessageRef{Room: desk, ID: id}}
	h.emit(call)
}

// What an admin chose survives a restart, and ends when the file says something else of the rule: the file holds again,
// and the moderators hear it once.
func TestAChoiceEndsWhenTheFileChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = strings.Replace(testRules, "do: [", "mode: shadow\n    do: [", 1)
		h.start()
		h.ask("1", "ada", chat.StandingAdmin, "promote", "no-spam")
		h.expect("react", "log: **no-spam** is in enforce now: ada chose it")
		h.stop()
		h.start()
		h.emit(says("2", "mallory", "spam"))
		h.expect("delete 2", "warn:", "log: **#1**")
		h.stop()
		h.rules = strings.Replace(h.rules, "words: [spam]", "words: [spam, scam]", 1)
		h.start()
		h.expect("log: **no-spam** was in enforce by choice of ada. The file now says something else")
		h.emit(says("3", "eve", "spam"))
		h.expect("log: In shadow: no-spam would have done")
		h.stop()
		h.start()
		h.expect()
		h.stop()
	})
}
