package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/chat"
)

// The moderators' room cannot be written to: /readyz says so, the lines wait, and come once they can.
func TestReadyWatchesTheDesk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		defer func() { h.stop() }()
		h.network.answers(func(_ string, a chat.Action) error {
			if send, ok := a.(chat.Send); ok && send.Room == desk {
				return chat.ErrForbidden
			}
			return nil
		})
		for i, who := range []string{"mallory", "eve", "trudy"} {
			h.emit(says(string(rune('1'+i)), who, "spam"))
		}
		if calls := strings.Join(h.network.did(), "\n"); strings.Count(calls, "log:") != 1 {
			t.Errorf("each line was tried:\n%s", calls)
		}
		problems := h.bot.Ready()
		if len(problems) != 1 || !strings.HasPrefix(problems[0], "the moderators' room on console: I may not write there") {
			t.Errorf("ready: %q", problems)
		}
		time.Sleep(time.Hour)
		if n := len(h.network.did()); n > 8 {
			t.Errorf("%d calls in an hour", n)
		}
		h.network.answers(nil)
		time.Sleep(16 * time.Minute)
		synctest.Wait()
		h.expect("log: **#1**", "log: **#2**", "log: **#3**")
		if problems := h.bot.Ready(); len(problems) > 0 {
			t.Errorf("mended, and still: %q", problems)
		}
		h.network.answers(func(string, chat.Action) error { return chat.ErrGone })
		h.emit(says("9", "walter", "spam"))
		if problems := h.bot.Ready(); len(problems) != 1 || !strings.Contains(problems[0], "no longer there") {
			t.Errorf("the room is gone: %q", problems)
		}
	})
}
