package discordtest_test

import (
	"net/http"
	"net/url"
	"testing"

	"palabre/adapters/discord/discordtest"
)

// TestLimitsThatNobodyAskedFor: fifty calls a second, reactions four a second, two names in ten minutes.
func TestLimitsThatNobodyAskedFor(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	w.guild.BotMay(discordtest.Moderation | discordtest.ManageChannels)
	word := got[string](t)(w.ana.Say(w.general, "hello"))
	refused := func(n int, method, path string, body any) (out int) {
		for range n {
			if status, answer := w.call(method, path, body); status == http.StatusTooManyRequests {
				if after, _ := answer["retry_after"].(float64); after <= 0 {
					t.Errorf("%s %s: %v", method, path, answer)
				}
				out++
			}
		}
		return out
	}
	c := "/channels/" + w.general
	if n := refused(4, "PATCH", c+"", object{"name": "other"}); n != 2 {
		t.Errorf("%d of 4 names were refused", n)
	}
	if n := refused(1, "PATCH", c+"", object{"rate_limit_per_user": 5}); n != 0 {
		t.Error("a slowmode was refused")
	}
	if n := refused(3, "PUT", c+"/messages/"+word+"/reactions/"+url.PathEscape("👍")+"/@me", nil); n == 0 {
		t.Error("three reactions at once were taken")
	}
	if n := refused(300, "GET", "/users/@me", nil); n == 0 {
		t.Error("300 calls at once were taken")
	}
}

// TestWhoIsRefusedTooOften is shut out, whatever they ask for.
func TestWhoIsRefusedTooOften(t *testing.T) {
	w := newWorld(t, discordtest.Options{Invalid: 3, PerSecond: -1})
	w.guild.BotMay(0)
	for i := range 3 {
		if status, _ := w.call("PUT", "/guilds/"+w.guild.ID+"/bans/"+w.ana.ID, object{}); status != http.StatusForbidden {
			t.Fatalf("call %d: %d", i, status)
		}
	}
	if status, answer := w.call("GET", "/users/@me", nil); status != http.StatusTooManyRequests || answer["retry_after"] != nil {
		t.Errorf("then: %d %v", status, answer)
	}
}
