package bot_test

import (
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/bot"
	"palabre/chat"
)

// A raid of hundreds of accounts is ten lines in the moderators' room at most, whatever becomes of it: acted on, watched in
// shadow, held by the ceilings, failed. Each of its cases stands, and all of them are counted.
func TestARaidIsAFewLines(t *testing.T) {
	for name, rules := range map[string]string{
		"enforced":  "rules:\n  - { name: ads, when: { words: [casino] }, do: [ delete, timeout: 10m, alert ] }\n",
		"in shadow": "rules:\n  - { name: ads, mode: shadow, when: { words: [casino] }, do: [ delete, timeout: 10m, alert ] }\n",
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t)
				h.rules, h.limits = rules, bot.Limits{PerMinute: 10, PerHour: 30, Late: time.Hour}
				h.network.answers(func(_ string, a chat.Action) error {
					if _, deletes := a.(chat.Delete); deletes {
						return chat.ErrForbidden
					}
					return nil
				})
				h.start()
				defer func() { h.stop() }()
				h.raid(0, 800)
				time.Sleep(30 * time.Minute)
				synctest.Wait()
				lines := deskLines(h.network.did())
				if len(lines) > 10 || len(lines) < 4 {
					t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
				}
				if name == "enforced" && h.metric("palabre_cases_total") != "800" {
					t.Errorf("%s cases", h.metric("palabre_cases_total"))
				}
				if got := told(lines, "ads"); got != 800 {
					t.Errorf("%d of 800 are told or counted:\n%s", got, strings.Join(lines, "\n"))
				}
			})
		})
	}
}

// raid lets many accounts say the same within a minute.
func (h *house) raid(first, count int) {
	for n := range count {
		id := strconv.Itoa(first + n)
		h.network.emit <- adapters.Batch{Events: []chat.Event{says(id, "member"+id, "casino")}}
		time.Sleep(time.Minute / time.Duration(count))
	}
	synctest.Wait()
}

func deskLines(calls []string) (lines []string) {
	for _, c := range calls {
		if strings.HasPrefix(c, "log: ") || strings.HasPrefix(c, "alert: ") {
			lines = append(lines, c)
		}
	}
	return lines
}

// told counts how often lines say that a rule acted or would have, by themselves or gathered.
func told(lines []string, rule string) (n int) {
	for _, line := range lines {
		gathered := false
		for one := range strings.Lines(line) {
			for _, count := range []string{"**" + rule + "**: ", "**" + rule + "** would have acted "} {
				if _, rest, ok := strings.Cut(one, count); ok {
					number, err := strconv.Atoi(strings.Fields(rest)[0])
					if err != nil {
						number = 1
					}
					n, gathered = n+number, true
				}
			}
		}
		if !gathered && (strings.Contains(line, "("+rule+")") || strings.Contains(line, rule+" would have done")) {
			n++
		}
	}
	return n
}

// What is gathered outlives a restart, and when it is quiet again each line is told in full.
func TestGatheredLinesOutliveARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		h.start()
		for n := range 8 {
			id := strconv.Itoa(n)
			h.emit(says(id, "member"+id, "spam"))
		}
		if got := deskLines(h.network.did()); len(got) != 3 {
			t.Errorf("at first %q", got)
		}
		h.stop()
		h.start()
		defer func() { h.stop() }()
		time.Sleep(61 * time.Second)
		synctest.Wait()
		h.expect("log: Much happens at once, so I gather what I have to tell:\n- **no-spam**: 5 more cases (#4 to #8). `why 4` tells why.")
		h.emit(says("9", "member9", "spam"))
		h.expect("delete 9", "warn:")
		time.Sleep(2 * time.Minute)
		h.expect("log: Much happens at once, so I gather what I have to tell:\n- **no-spam**: one more case (#9). `why 9` tells why.")
		time.Sleep(5 * time.Minute)
		h.emit(says("10", "member10", "spam"))
		h.expect("delete 10", "warn:", "log: **#10** member10")
	})
}
