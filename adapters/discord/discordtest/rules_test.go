package discordtest_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters/discord/discordtest"
)

// TestWhatTheBotMayDo is the table of what Discord refuses a bot.
func TestWhatTheBotMayDo(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	g, c := "/guilds/"+w.guild.ID, "/channels/"+w.general
	high := w.guild.Role("High", 0)
	w.guild.Place(high, 50)
	admins := w.guild.Role("Admins", discordtest.Administrator)
	boss, admin, gone := w.guild.Member("boss"), w.guild.Member("admin"), w.Person("gone")
	w.guild.Give(boss, high)
	w.guild.Give(admin, admins)
	secret := w.guild.Text("secret")
	w.guild.Overwrite(secret, w.guild.ID, false, 0, discordtest.ViewChannel)
	quiet := w.guild.Text("quiet")
	w.guild.Overwrite(quiet, w.Bot(), true, 0, discordtest.SendMessages)
	word := got[string](t)(w.ana.Say(w.general, "hello"))
	hour := object{"communication_disabled_until": w.Now().Add(time.Hour)}
	for _, r := range []struct {
		name, method, path string
		body               any
		status, code       int
	}{
		{"a timeout of the owner", "PATCH", g + "/members/" + w.guild.Owner.ID, hour, 403, 50013},
		{"of an administrator", "PATCH", g + "/members/" + admin.ID, hour, 403, 50013},
		{"of somebody with a higher role", "PATCH", g + "/members/" + boss.ID, hour, 403, 50013},
		{"of who is not there", "PATCH", g + "/members/" + gone.ID, hour, 404, 10007},
		{"longer than 28 days", "PATCH", g + "/members/" + w.ana.ID, object{"communication_disabled_until": w.Now().Add(29 * 24 * time.Hour)}, 400, 50035},
		{"of a member", "PATCH", g + "/members/" + w.ana.ID, hour, 200, 0},
		{"a ban of somebody with a higher role", "PUT", g + "/bans/" + boss.ID, object{}, 403, 50013},
		{"of oneself", "PUT", g + "/bans/" + w.Bot(), object{}, 403, 50013},
		{"of nobody", "PUT", g + "/bans/7", object{}, 404, 10013},
		{"of who is not there", "PUT", g + "/bans/" + gone.ID, object{}, 204, 0},
		{"a role above one's own", "PUT", g + "/members/" + w.ana.ID + "/roles/" + high, nil, 403, 50013},
		{"a ban of many without the right to manage", "POST", g + "/bulk-ban", object{"user_ids": []string{w.ana.ID}}, 403, 50013},
		{"a word in a channel that is hidden", "POST", "/channels/" + secret + "/messages", object{"content": "x"}, 403, 50001},
		{"where it may not speak", "POST", "/channels/" + quiet + "/messages", object{"content": "x"}, 403, 50013},
		{"without words", "POST", c + "/messages", object{"content": " "}, 400, 50006},
		{"an edit of another's", "PATCH", c + "/messages/" + word, object{"content": "x"}, 403, 50005},
		{"a reaction that is none", "PUT", c + "/messages/" + word + "/reactions/thumbsup/@me", nil, 400, 10014},
		{"a deletion", "DELETE", c + "/messages/" + word, nil, 204, 0},
		{"again", "DELETE", c + "/messages/" + word, nil, 404, 10008},
	} {
		status, answer := w.call(r.method, r.path, r.body)
		code, _ := answer["code"].(float64)
		if status != r.status || int(code) != r.code {
			t.Errorf("%s: %d %v, want %d %d", r.name, status, answer, r.status, r.code)
		}
	}
	if _, err := w.ana.Say(w.general, "may I?"); err == nil {
		t.Error("ana speaks while silenced")
	}
	if err := gone.Join(w.guild.ID); err == nil {
		t.Error("who is banned comes in")
	}
}

func TestAuditLog(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	l, _ := w.identify(allIntents)
	before := len(w.AuditLog(w.guild.ID))
	for range 3 {
		id := got[string](t)(w.ana.Say(w.general, "spam"))
		must(t, w.mod.Delete(w.general, id))
	}
	own := got[string](t)(w.ana.Say(w.general, "oops"))
	must(t, w.ana.Delete(w.general, own))
	bots := got[string](t)(w.ana.Say(w.general, "more spam"))
	w.call("DELETE", "/channels/"+w.general+"/messages/"+bots, nil)
	must(t, w.mod.Timeout(w.guild.ID, w.ana.ID, w.Now().Add(time.Hour), "enough"))
	type line struct {
		Action, Count int
		By, Reason    string
	}
	var lines []line
	for _, e := range w.AuditLog(w.guild.ID)[before:] {
		lines = append(lines, line{e.Action, e.Count, e.By, e.Reason})
	}
	// Three deletions by one hand are one entry; what authors and bots take away is not noted.
	want := []line{{72, 3, w.mod.ID, ""}, {24, 0, w.mod.ID, "enough"}}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("entries (-want +got):\n%s", diff)
	}
	for _, action := range []float64{72, 24} {
		if f := l.until("GUILD_AUDIT_LOG_ENTRY_CREATE"); f.D["action_type"] != action {
			t.Errorf("told %v, want action %v", f.D, action)
		}
	}
}

func TestScreening(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	w.guild.Screening(true)
	l, _ := w.identify(allIntents)
	bob := w.Person("bob")
	must(t, bob.Join(w.guild.ID))
	if f := l.until("GUILD_MEMBER_ADD"); f.D["pending"] != true {
		t.Errorf("joined %v, want pending", f.D)
	}
	if _, err := bob.Say(w.general, "hello"); err == nil {
		t.Error("bob speaks before he has accepted the rules")
	}
	must(t, bob.Accept(w.guild.ID))
	if f := l.until("GUILD_MEMBER_UPDATE"); f.D["pending"] != false {
		t.Errorf("accepted %v, want not pending", f.D)
	}
}

// TestThreeSeconds lets answers to interactions come in time, late, and after the token's end.
func TestThreeSeconds(t *testing.T) {
	for _, c := range []struct {
		name        string
		ack, answer time.Duration
		want        []int
	}{
		{"in time", 2 * time.Second, 14 * time.Minute, []int{204, 200}},
		{"late", 4 * time.Second, time.Second, []int{404, 404}},
		{"after the token's end", time.Second, 16 * time.Minute, []int{204, 401}},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := discordtest.New(discordtest.Options{})
				g := s.Guild("Test")
				w := &world{Server: s, t: t, base: "http://" + discordtest.Host + "/api", guild: g, general: g.Text("general"), mod: g.Moderator("mod")}
				w.client = pipeClient(s.Pipes(t))
				w.call("PUT", "/applications/"+s.Bot()+"/commands", []object{{"name": "ping", "description": "Ping"}})
				i := got[discordtest.Interaction](t)(w.mod.Invoke(w.general, "ping", nil))
				time.Sleep(c.ack)
				first, _ := w.call("POST", "/interactions/"+i.ID+"/"+i.Token+"/callback", object{"type": 5})
				time.Sleep(c.answer)
				second, _ := w.call("PATCH", "/webhooks/"+s.Bot()+"/"+i.Token+"/messages/@original", object{"content": "pong"})
				if diff := cmp.Diff(c.want, []int{first, second}); diff != "" {
					t.Errorf("statuses (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// TestChaos gives the same failures for the same seed.
func TestChaos(t *testing.T) {
	run := func() (statuses []int, shown int) {
		w := newWorld(t, discordtest.Options{})
		w.Chaos(7, map[string]discordtest.Chances{"send": {Limited: .2, Refused: .2, Lost: .2}})
		for i := range 60 {
			status, _ := w.call("POST", "/channels/"+w.general+"/messages", object{"content": fmt.Sprint("message ", i)})
			statuses = append(statuses, status)
		}
		return statuses, len(w.Messages(w.general))
	}
	statuses, shown := run()
	again, shownAgain := run()
	if diff := cmp.Diff(statuses, again); diff != "" || shown != shownAgain {
		t.Errorf("the second run differs:\n%s", diff)
	}
	counts := map[int]int{}
	for _, s := range statuses {
		counts[s]++
	}
	for _, s := range []int{0, 200, 429, 502} {
		if counts[s] == 0 {
			t.Errorf("no answer %d in %v", s, counts)
		}
	}
	if shown != counts[200]+counts[0] {
		t.Errorf("%d messages are shown, want those that were answered and those whose answers were lost: %v", shown, counts)
	}
}
