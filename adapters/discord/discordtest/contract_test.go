package discordtest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"palabre/adapters/discord/discordtest"
)

// TestAnswersKeepTheContract calls every route and holds both sides against Discord's own description.
func TestAnswersKeepTheContract(t *testing.T) {
	discordtest.NeedContract(t)
	w := newWorld(t, discordtest.Options{PerSecond: -1, Limits: map[string]discordtest.Limit{"unreact": {}}})
	w.guild.BotMay(discordtest.Moderation | discordtest.ManageGuild | discordtest.ManageChannels | discordtest.ManageNicknames)
	l, _ := w.identify(allIntents)
	g, c := "/guilds/"+w.guild.ID, "/channels/"+w.general
	bob, eve, forum, role := w.guild.Member("bob"), w.guild.Member("eve"), w.guild.Forum("ideas"), w.guild.Role("readers", 0)
	first := got[string](t)(w.ana.Post(w.general, discordtest.Draft{Text: "with all", Attachments: []discordtest.Attachment{{Name: "a.png", Type: "image/png", Alt: "a cat"}},
		Stickers: []string{"wave"}, Poll: &discordtest.Poll{Question: "Tea?", Answers: []string{"yes", "no"}}}))
	second := got[string](t)(w.ana.Post(w.general, discordtest.Draft{Text: "an answer", ReplyTo: first}))
	got[string](t)(w.ana.Post(w.general, discordtest.Draft{Forward: first}))
	got[string](t)(w.guild.Owner.ForumPost(forum, "An idea", "Why not?"))
	must(t, w.ana.React(w.general, first, "👍"))
	button := object{"type": 1, "components": []object{{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}}}
	_, said := w.call("POST", c+"/messages", object{"content": "hello", "nonce": "n1", "enforce_nonce": true,
		"allowed_mentions": object{"parse": []string{}}, "components": []object{button}, "embeds": []object{{"title": "T", "description": "D"}},
		"message_reference": object{"message_id": second, "fail_if_not_exists": false}})
	own := c + "/messages/" + fmt.Sprint(said["id"])
	up := c + "/messages/" + first + "/reactions/" + url.PathEscape("👍")
	type call struct {
		method, path string
		body         any
		status       int
	}
	calls := []call{
		{"GET", "/gateway", nil, 200}, {"GET", "/gateway/bot", nil, 200}, {"GET", "/users/@me", nil, 200}, {"GET", "/users/@me/guilds", nil, 200},
		{"GET", "/users/" + bob.ID, nil, 200}, {"GET", "/users/1", nil, 404}, {"GET", "/applications/@me", nil, 200}, {"GET", "/oauth2/applications/@me", nil, 200},
		{"POST", "/users/@me/channels", object{"recipient_id": bob.ID}, 200},
		{"GET", g + "?with_counts=true", nil, 200}, {"GET", g + "/channels", nil, 200}, {"GET", g + "/roles", nil, 200}, {"GET", g + "/threads/active", nil, 200},
		{"GET", g + "/members?limit=100&after=0", nil, 200}, {"GET", g + "/members/search?query=bo&limit=5", nil, 200}, {"GET", g + "/members/" + bob.ID, nil, 200},
		{"PATCH", g + "/members/" + bob.ID, object{"communication_disabled_until": time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}, 200},
		{"PATCH", g + "/members/" + bob.ID, object{"communication_disabled_until": nil}, 200},
		{"PATCH", g + "/members/" + bob.ID, object{"nick": "Bobby"}, 200},
		{"PATCH", g + "/members/" + w.guild.Owner.ID, object{"communication_disabled_until": "2030-01-01T00:00:00Z"}, 403},
		{"PATCH", g + "/members/@me", object{"nick": "Pal"}, 200},
		{"PUT", g + "/members/" + bob.ID + "/roles/" + role, nil, 204}, {"DELETE", g + "/members/" + bob.ID + "/roles/" + role, nil, 204},
		{"PUT", g + "/bans/" + eve.ID, object{"delete_message_seconds": 3600}, 204}, {"GET", g + "/bans?limit=10", nil, 200}, {"GET", g + "/bans/" + eve.ID, nil, 200},
		{"DELETE", g + "/bans/" + eve.ID, nil, 204}, {"DELETE", g + "/bans/" + eve.ID, nil, 404}, {"DELETE", g + "/members/" + bob.ID, nil, 204},
		{"POST", g + "/bulk-ban", object{"user_ids": []string{bob.ID, eve.ID}}, 200}, {"GET", g + "/audit-logs?limit=50", nil, 200},
		{"GET", c, nil, 200}, {"GET", "/channels/" + forum, nil, 200}, {"PATCH", c, object{"rate_limit_per_user": 5}, 200}, {"POST", c + "/typing", nil, 204},
		{"GET", c + "/messages?limit=100&after=0", nil, 200}, {"GET", c + "/messages/" + second, nil, 200}, {"GET", c + "/messages/1", nil, 404},
		{"PATCH", own, object{"content": "changed", "allowed_mentions": object{"parse": []string{}}}, 200},
		{"PUT", own + "/reactions/" + url.PathEscape("✅") + "/@me", nil, 204}, {"DELETE", own + "/reactions/" + url.PathEscape("✅") + "/@me", nil, 204},
		{"GET", up, nil, 200}, {"DELETE", up + "/" + w.ana.ID, nil, 204},
		{"PUT", c + "/messages/pins/" + first, nil, 204}, {"GET", c + "/messages/pins", nil, 200}, {"GET", c + "/pins", nil, 200}, {"DELETE", c + "/pins/" + first, nil, 204},
		{"POST", c + "/messages/" + second + "/threads", object{"name": "More", "auto_archive_duration": 1440}, 201},
		{"POST", c + "/threads", object{"name": "Alone", "type": 11}, 201},
		{"POST", "/channels/" + forum + "/threads", object{"name": "Post", "message": object{"content": "text", "allowed_mentions": object{"parse": []string{}}}}, 201},
		{"DELETE", own, nil, 204}, {"POST", c + "/messages/bulk-delete", object{"messages": []string{first, second}}, 204},
	}
	for _, c := range calls {
		if status, answer := w.call(c.method, c.path, c.body); status != c.status {
			t.Errorf("%s %s: %d %v, want %d", c.method, c.path, status, answer, c.status)
		}
	}
	w.interact(l)
	w.Validate(t, "")
	w.ValidateAnswers(t, "")
}

// interact takes a command, a button and a form from the click to the answer.
func (w *world) interact(l *link) {
	commands := "/applications/" + w.Bot() + "/guilds/" + w.guild.ID + "/commands"
	w.call("PUT", commands, []object{
		{"name": "warn", "type": 1, "description": "Warn", "default_member_permissions": "1099511627776", "options": []object{{"type": 3, "name": "why", "description": "Why", "autocomplete": true}}},
		{"name": "Warn", "type": 2, "default_member_permissions": 1099511627776}, {"name": "Report", "type": 3},
	})
	w.call("GET", commands+"?with_localizations=true", nil)
	answer := func(body object) string {
		told := l.until("INTERACTION_CREATE").D
		path := fmt.Sprintf("/interactions/%s/%s/callback?with_response=true", told["id"], told["token"])
		if status, problem := w.call("POST", path, body); status != 200 {
			w.t.Errorf("callback %v: %d %v", body, status, problem)
		}
		return fmt.Sprintf("/webhooks/%s/%s", w.Bot(), told["token"])
	}
	play := got[discordtest.Interaction](w.t)
	play(w.mod.Complete(w.general, "warn", object{"why": "sh"}, "why"))
	answer(object{"type": 8, "data": object{"choices": []object{{"name": "shouting", "value": "shouting"}}}})
	play(w.mod.Invoke(w.general, "warn", object{"why": "shouting"}))
	hook := answer(object{"type": 5})
	button := object{"type": 1, "components": []object{{"type": 2, "style": 4, "label": "Undo", "custom_id": "undo"}}}
	_, said := w.call("PATCH", hook+"/messages/@original", object{"content": "warned", "components": []object{button}})
	w.call("POST", hook, object{"content": "and noted", "flags": 64})
	play(w.mod.Press(w.general, fmt.Sprint(said["id"]), "undo"))
	answer(object{"type": 6})
	form := play(w.mod.OnMember(w.general, "Warn", w.ana.ID))
	answer(object{"type": 9, "data": object{"custom_id": "form", "title": "Why?", "components": []object{
		{"type": 1, "components": []object{{"type": 4, "custom_id": "why", "label": "Why", "style": 2, "required": true, "max_length": 400}}}}}})
	play(w.mod.Submit(form.ID, map[string]string{"why": "because"}))
	answer(object{"type": 4, "data": object{"content": "noted", "flags": 64, "allowed_mentions": object{"parse": []string{}}}})
}

// TestMistakesAreFound holds requests that are wrong against the description.
func TestMistakesAreFound(t *testing.T) {
	discordtest.NeedContract(t)
	w := newWorld(t, discordtest.Options{PerSecond: -1, Limits: map[string]discordtest.Limit{"unreact": {}}})
	path := "/channels/" + w.general + "/messages"
	w.call("POST", path, object{"content": "x", "contents": "y"})
	w.call("POST", path, object{"content": 7})
	w.call("POST", path, object{"content": "x", "allowed_mentions": object{"parse": []string{}, "everybody": true}})
	w.call("GET", path+"?limit=5&page=2", nil)
	w.call("GET", path+"?limit=many", nil)
	w.call("GET", "/channels/"+w.general+"/mesages", nil)
	record := &recorder{TB: t}
	w.Validate(record, "")
	if len(record.found) != 6 {
		t.Errorf("%d mistakes found, want 6:\n%s", len(record.found), strings.Join(record.found, "\n"))
	}
}

// recorder takes the failures of a test that must fail.
type recorder struct {
	testing.TB
	found []string
}

func (r *recorder) Errorf(format string, args ...any) {
	r.found = append(r.found, fmt.Sprintf(format, args...))
}
