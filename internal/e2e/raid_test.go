package e2e

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
)

// A raid is cleaned by the hundred, whatever the cases: 100 accounts say the same five times, at the pace that Discord grants.
func TestARaidIsCleanedByTheHundred(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{PerSecond: 50, Limits: map[string]discordtest.Limit{
			"delete": {Count: 5, Per: time.Second}, "bulk delete": {Count: 1, Per: time.Second}, "send": {Count: 5, Per: 5 * time.Second},
		}}, "rules:\n  - { name: no-raid, when: { words: [raid] }, do: [ delete ] }\n")
		var raiders []discordtest.Person
		for i := range 100 {
			raiders = append(raiders, w.Member(fmt.Sprint("raider", i)))
		}
		w.start()
		w.ClearRequests()
		for range 5 {
			for _, p := range raiders {
				_, err := p.Say(w.general, "join the raid")
				w.must(err)
			}
			time.Sleep(10 * time.Millisecond)
		}
		begun := time.Now()
		for len(w.Messages(w.general)) > 0 && time.Since(begun) < 5*time.Minute {
			pass(100 * time.Millisecond)
		}
		took, calls := time.Since(begun), w.Calls("delete")+w.Calls("bulk delete")
		t.Logf("%d messages in %s: %d calls (%d single)", 500, took, calls, w.Calls("delete"))
		if took > 7*time.Second || calls > 10 {
			t.Errorf("%s and %d calls; want at most 7s and 10", took, calls)
		}
	})
}
