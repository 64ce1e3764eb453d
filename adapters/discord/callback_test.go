package discord_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// The first answer is given again when Discord fails, when its answer is lost and when it wants us to wait a little.
func TestAFirstAnswerThatFails(t *testing.T) {
	for name, fault := range map[string]discordtest.Fault{
		"refused": {Kind: "callback", Status: http.StatusBadGateway, HTML: true, Times: 2},
		"lost":    {Kind: "callback", Commit: true},
		"limited": {Kind: "callback", Status: http.StatusTooManyRequests, After: 200 * time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r, mona := calling(t)
				defer r.stop()
				r.server.Fail(fault)
				i := must[discordtest.Interaction](t)(mona.Invoke(r.room, "warn", map[string]any{"member": r.ana.ID, "reason": "shouting"}))
				pass(2 * time.Second)
				if i = r.interaction(i); i.Answered.IsZero() || i.Answered.Sub(i.At) > time.Second {
					t.Fatalf("acknowledged: %+v", i)
				}
				told := r.kind(chat.KindCommand)
				if len(told) != 1 {
					t.Fatalf("told: %+v", told)
				}
				if _, err := r.adapter.Do(t.Context(), "a1", answer(r, told[0].Body.(chat.CommandInvoked).Reply, "done", true)); err != nil {
					t.Fatal(err)
				}
				if i = r.interaction(i); len(i.Said) != 1 || i.Said[0] != "done" {
					t.Errorf("said %q", i.Said)
				}
			})
		})
	}
}
