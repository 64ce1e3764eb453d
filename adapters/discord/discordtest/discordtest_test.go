package discordtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"

	"palabre/adapters/discord/discordtest"
)

type object = map[string]any

// world is a server with a guild, people and a plain client.
type world struct {
	*discordtest.Server
	t       *testing.T
	base    string
	guild   discordtest.Guild
	general string
	ana     discordtest.Person
	mod     discordtest.Person
	client  *http.Client
}

func pipeClient(dial func(ctx context.Context, network, address string) (net.Conn, error)) *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}}
}

func newWorld(t *testing.T, o discordtest.Options) *world {
	s := discordtest.New(o)
	w := &world{Server: s, t: t, base: s.Start(t), guild: s.Guild("Test"), client: http.DefaultClient}
	w.general = w.guild.Text("general")
	w.ana, w.mod = w.guild.Member("ana"), w.guild.Moderator("mod")
	return w
}

// call makes a call as the bot and gives the status and the answer.
func (w *world) call(method, path string, body any) (status int, answer object) {
	w.t.Helper()
	var reader io.Reader
	if body != nil {
		data, err := json.Marshal(body)
		must(w.t, err)
		reader = bytes.NewReader(data)
	}
	request, err := http.NewRequestWithContext(w.t.Context(), method, w.base+"/v10"+path, reader)
	must(w.t, err)
	request.Header.Set("Authorization", "Bot "+discordtest.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := w.client.Do(request)
	if err != nil {
		return 0, nil
	}
	defer func() { _ = response.Body.Close() }()
	data, err := io.ReadAll(response.Body)
	must(w.t, err)
	_ = json.Unmarshal(data, &answer) // lists and nothing are not looked at
	return response.StatusCode, answer
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func got[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// link is a plain gateway client.
type link struct {
	t  *testing.T
	ws *websocket.Conn
}

type frame struct {
	Op int    `json:"op"`
	T  string `json:"t"`
	S  int    `json:"s"`
	D  object `json:"d"`
}

func (w *world) dial() *link {
	w.t.Helper()
	ws, _, err := websocket.DefaultDialer.DialContext(w.t.Context(), "ws"+w.base[len("http"):], nil)
	must(w.t, err)
	w.t.Cleanup(func() { _ = ws.Close() })
	return &link{w.t, ws}
}

func (l *link) read() (f frame) {
	l.t.Helper()
	_, data, err := l.ws.ReadMessage()
	must(l.t, err)
	_ = json.Unmarshal(data, &f) // op 9 carries no object
	return f
}

func (l *link) write(op int, d any) {
	l.t.Helper()
	must(l.t, l.ws.WriteJSON(object{"op": op, "d": d}))
}

func (l *link) until(name string) frame {
	l.t.Helper()
	for {
		if f := l.read(); f.T == name {
			return f
		}
	}
}

const allIntents = 1<<0 | 1<<1 | 1<<2 | 1<<9 | 1<<10 | 1<<12 | 1<<15

func (w *world) identify(intents int) (l *link, ready frame) {
	w.t.Helper()
	l = w.dial()
	if f := l.read(); f.Op != 10 {
		w.t.Fatalf("first frame %+v, want HELLO", f)
	}
	l.write(2, object{"token": discordtest.Token, "intents": intents, "properties": object{"os": "linux"}})
	ready = l.until("READY")
	l.until("GUILD_CREATE")
	return l, ready
}

func TestNonce(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	say := object{"content": "hello", "nonce": "abc", "enforce_nonce": true}
	_, first := w.call("POST", "/channels/"+w.general+"/messages", say)
	status, second := w.call("POST", "/channels/"+w.general+"/messages", say)
	if status != 200 || first["id"] != second["id"] || len(w.Messages(w.general)) != 1 {
		t.Errorf("said %d times, ids %v %v", len(w.Messages(w.general)), first["id"], second["id"])
	}
	must(t, w.mod.Delete(w.general, first["id"].(string)))
	if status, answer := w.call("POST", "/channels/"+w.general+"/messages", say); status != 404 || answer["code"] != 10008.0 {
		t.Errorf("after its deletion: %d %v, want Unknown Message", status, answer)
	}
	if diff := cmp.Diff(map[string]int{"abc": 1}, w.ByNonce()); diff != "" {
		t.Errorf("effects by nonce (-want +got):\n%s", diff)
	}
}

func TestMentions(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	w.guild.BotMay(discordtest.Moderation | discordtest.MentionEveryone)
	role := w.guild.Role("readers", 0)
	ana := w.ana.ID
	for _, c := range []struct {
		name, text string
		allowed    any
		want       discordtest.Ping
	}{
		{"everything by default", "<@" + ana + "> <@&" + role + "> @everyone", nil, discordtest.Ping{Users: []string{ana}, Roles: []string{role}, All: true}},
		{"nothing when nothing is parsed", "<@" + ana + "> @here", object{"parse": []string{}}, discordtest.Ping{}},
		{"those that are named", "<@" + ana + "> @here", object{"users": []string{ana}}, discordtest.Ping{Users: []string{ana}}},
		{"not in code", "`<@" + ana + ">` ```\n@everyone\n```", nil, discordtest.Ping{}},
		{"not when escaped", `\<@` + ana + `> \@everyone`, nil, discordtest.Ping{}},
	} {
		_, answer := w.call("POST", "/channels/"+w.general+"/messages", object{"content": c.text, "allowed_mentions": c.allowed})
		m, _ := w.Message(w.general, answer["id"].(string))
		if diff := cmp.Diff(c.want, discordtest.Ping{Users: m.Pings, Roles: m.PingsRoles, All: m.PingsAll}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
	status, _ := w.call("POST", "/channels/"+w.general+"/messages", object{"content": "x", "allowed_mentions": object{"parse": []string{"users"}, "users": []string{ana}}})
	if status != 400 {
		t.Errorf("users twice: %d, want 400", status)
	}
	if _, err := w.ana.Say(w.general, "@everyone"); err != nil || len(w.Pings(w.general)) != 2 {
		t.Errorf("a member without the permission pings everyone: %v %v", w.Pings(w.general), err)
	}
}

func TestBulkDelete(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	say := func(at time.Time) string {
		return got[string](t)(w.ana.Post(w.general, discordtest.Draft{Text: "x", At: at}))
	}
	now := time.Now()
	old, one, two := say(now.Add(-15*24*time.Hour)), say(now), say(now)
	for _, c := range []struct {
		name   string
		ids    []string
		status int
		left   int
	}{
		{"one alone", []string{one}, 400, 3},
		{"the same twice", []string{one, two, one}, 400, 3},
		{"one too old", []string{old, one}, 400, 3},
		{"too many", slices.Repeat([]string{one}, 101), 400, 3},
		{"two", []string{one, two}, 204, 1},
	} {
		status, _ := w.call("POST", "/channels/"+w.general+"/messages/bulk-delete", object{"messages": c.ids})
		if left := len(w.Messages(w.general)); status != c.status || left != c.left {
			t.Errorf("%s: %d and %d left, want %d and %d", c.name, status, left, c.status, c.left)
		}
	}
}

func TestResume(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	l, ready := w.identify(allIntents)
	id := got[string](t)(w.ana.Say(w.general, "one"))
	seen := l.until("MESSAGE_CREATE")
	if seen.D["id"] != id || seen.D["content"] != "one" {
		t.Errorf("told %v", seen.D)
	}
	w.CutAll()
	_, _, err := l.ws.ReadMessage()
	if err == nil {
		t.Fatal("the link lives on")
	}
	missed := got[string](t)(w.ana.Say(w.general, "two"))
	must(t, w.ana.Delete(w.general, id))
	again := w.dial()
	again.read()
	again.write(6, object{"token": discordtest.Token, "session_id": ready.D["session_id"], "seq": seen.S})
	if f := again.read(); f.S != seen.S+1 || f.D["id"] != missed {
		t.Errorf("replayed %+v, want message %s", f, missed)
	}
	if f := again.read(); f.T != "MESSAGE_DELETE" {
		t.Errorf("replayed %+v, want the deletion", f)
	}
	if f := again.read(); f.T != "RESUMED" {
		t.Errorf("%+v, want RESUMED", f)
	}
	w.ForgetSessions()
	last := w.dial()
	last.read()
	last.write(6, object{"token": discordtest.Token, "session_id": ready.D["session_id"], "seq": seen.S})
	if f := last.read(); f.Op != 9 {
		t.Errorf("%+v, want op 9", f)
	}
}

func TestContentIntent(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	l, _ := w.identify(allIntents &^ (1 << 15))
	_ = got[string](t)(w.ana.Say(w.general, "secret"))
	if f := l.until("MESSAGE_CREATE"); f.D["content"] != "" {
		t.Errorf("content %q without the intent", f.D["content"])
	}
	_ = got[string](t)(w.ana.Say(w.general, "hello <@"+w.Bot()+">"))
	if f := l.until("MESSAGE_CREATE"); f.D["content"] == "" {
		t.Error("no content though the bot is mentioned")
	}
}

func TestInteraction(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	l, _ := w.identify(allIntents)
	status, _ := w.call("PUT", "/applications/"+w.Bot()+"/guilds/"+w.guild.ID+"/commands", []object{{
		"name": "warn", "description": "Warn a member", "default_member_permissions": "1099511627776", "name_localizations": object{"fr": "avertir"},
		"options": []object{{"type": 6, "name": "member", "description": "Who", "required": true}},
	}})
	if status != 200 {
		t.Fatalf("registration: %d", status)
	}
	if _, err := w.ana.Invoke(w.general, "warn", object{"member": w.mod.ID}); err == nil {
		t.Error("a member may use a moderator's command")
	}
	w.mod.Speak("fr")
	i, err := w.mod.Invoke(w.general, "avertir", object{"member": w.ana.ID})
	must(t, err)
	told := l.until("INTERACTION_CREATE").D
	callback := "/interactions/" + told["id"].(string) + "/" + told["token"].(string) + "/callback"
	if status, _ := w.call("POST", callback, object{"type": 5, "data": object{"flags": 64}}); status != 204 {
		t.Errorf("deferral: %d", status)
	}
	if status, answer := w.call("POST", callback, object{"type": 5}); status != 400 || answer["code"] != 40060.0 {
		t.Errorf("second answer: %d %v, want 40060", status, answer)
	}
	webhook := "/webhooks/" + w.Bot() + "/" + told["token"].(string)
	if status, _ := w.call("PATCH", webhook+"/messages/@original", object{"content": "done"}); status != 200 {
		t.Errorf("edit: %d", status)
	}
	if status, _ := w.call("POST", webhook, object{"content": "and more", "flags": 64}); status != 200 {
		t.Errorf("follow-up: %d", status)
	}
	i, _ = w.Interaction(i.ID)
	if !slices.Equal(i.Said, []string{"done", "and more"}) || !i.Private || i.Thinking || len(w.Messages(w.general)) != 0 {
		t.Errorf("interaction %+v, shown to all: %v", i, w.Texts(w.general))
	}
}

func TestFaults(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	path := "/channels/" + w.general + "/messages"
	w.Fail(
		discordtest.Fault{Kind: "send", Commit: true},
		discordtest.Fault{Kind: "send", Status: 429, HTML: true, After: 2_000_000_000},
		discordtest.Fault{Kind: "send", Status: 502},
	)
	var statuses []int
	for _, text := range []string{"lost answer", "limited", "refused", "said"} {
		status, _ := w.call("POST", path, object{"content": text})
		statuses = append(statuses, status)
	}
	// A lost answer to a POST is not tried again by Go's client, as the body cannot be known to be harmless.
	if diff := cmp.Diff([]int{0, 429, 502, 200}, statuses); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"lost answer", "said"}, w.Texts(w.general)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}
