package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A message that is too costly to judge to the end is told to the moderators, once in an hour for one pattern.
func TestWhatIsNotFullyJudgedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.rules = "rules: [ { name: slow, when: { pattern: '(?:[a-z]{1,50}\\s){10}z' }, do: [ delete ] } ]"
		h.start()
		defer func() { h.stop() }()
		long := strings.Repeat("abcdefghijklmnopqrstuvwxyz", 400) + " z"
		h.emit(says("1", "a", long), says("2", "a", long))
		told := func() int {
			n := 0
			for _, call := range h.network.did() {
				if strings.HasPrefix(call, "log: Not fully judged: a message of a in #general is made so that the pattern “(?:[a-z]{1,50}\\s){10}z” would have taken too long.") {
					n++
				}
			}
			return n
		}
		if n := told(); n != 1 {
			t.Errorf("told %d times, want once", n)
		}
		time.Sleep(2 * time.Hour)
		h.emit(says("3", "a", long))
		if n := told(); n != 1 {
			t.Errorf("after two hours told %d times more, want once", n)
		}
	})
}
