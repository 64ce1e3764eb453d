package matrix

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"

	"palabre/adapters"
	"palabre/chat"
)

func decode(t testing.TB, text string) object {
	t.Helper()
	o, err := decodeObject([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// TestLevels: power levels as rooms have them, old and broken ones included.
func TestLevels(t *testing.T) {
	eleven := creation{version: "11", creators: []string{"@maker:hs"}}
	twelve := creation{version: "12", creators: []string{"@maker:hs", "@added:hs"}}
	for _, c := range []struct {
		name, content string
		made          creation
		user          string
		want          int64
	}{
		{"a number", `{"users":{"@a:hs":50}}`, eleven, "@a:hs", 50},
		{"a string, as old rooms write it", `{"users":{"@a:hs":" 50 "}}`, eleven, "@a:hs", 50},
		{"a fraction", `{"users":{"@a:hs":50.9}}`, eleven, "@a:hs", 50},
		{"too large", `{"users":{"@a:hs":1e400}}`, eleven, "@a:hs", maxNumber},
		{"not a number", `{"users":{"@a:hs":"NaN"},"users_default":5}`, eleven, "@a:hs", 5},
		{"another type", `{"users":{"@a:hs":{}},"users_default":[]}`, eleven, "@a:hs", 0},
		{"users of another type", `{"users":"all"}`, eleven, "@a:hs", 0},
		{"the default", `{"users_default":3}`, eleven, "@a:hs", 3},
		{"a maker is listed like others", `{"users":{}}`, eleven, "@maker:hs", 0},
		{"a maker outranks all from version 12 on", `{"users":{}}`, twelve, "@maker:hs", math.MaxInt64},
		{"and whom they added", `{"users":{}}`, twelve, "@added:hs", math.MaxInt64},
	} {
		if got := levelsOf(decode(t, c.content), c.made).of(c.user); got != c.want {
			t.Errorf("%s: level %d, want %d", c.name, got, c.want)
		}
	}
	if got := levelsOf(nil, eleven); got.of("@maker:hs") != 100 || got.state("m.room.topic") != 0 {
		t.Errorf("a room without power levels: maker %d, state %d", got.of("@maker:hs"), got.state("m.room.topic"))
	}
}

// TestSilence: a timeout as power levels, and back.
func TestSilence(t *testing.T) {
	for _, c := range []struct{ name, before, silenced, after string }{
		{
			"an ordinary member", `{"users":{"@mod:hs":50},"ban":50}`,
			`{"ban":50,"fr.palabre.muted":{"@a:hs":{"set":-1}},"users":{"@a:hs":-1,"@mod:hs":50}}`, `{"ban":50,"users":{"@mod:hs":50}}`,
		},
		{
			"one with a level of their own", `{"users":{"@a:hs":10}}`,
			`{"fr.palabre.muted":{"@a:hs":{"set":-1,"was":10}},"users":{"@a:hs":-1}}`, `{"users":{"@a:hs":10}}`,
		},
		{
			"reactions need less than messages", `{"users_default":20,"events_default":20,"events":{"m.reaction":-5}}`,
			`{"events":{"m.reaction":-5},"events_default":20,"fr.palabre.muted":{"@a:hs":{"set":-6}},"users":{"@a:hs":-6},"users_default":20}`,
			`{"events":{"m.reaction":-5},"events_default":20,"users":{},"users_default":20}`,
		},
		{"in a room for announcements they cannot speak anyway", `{"events_default":50,"users":{}}`, "", ""},
	} {
		before := decode(t, c.before)
		silenced, ok := silence(before, levelsOf(before, creation{}), "@a:hs")
		if got := encode(t, silenced, ok); got != c.silenced {
			t.Errorf("%s, silenced:\ngot  %s\nwant %s", c.name, got, c.silenced)
		}
		if !ok {
			continue
		}
		silenced = decode(t, c.silenced)
		after, ok := unsilence(silenced, levelsOf(silenced, creation{}), "@a:hs")
		if got := encode(t, after, ok); got != c.after {
			t.Errorf("%s, lifted:\ngot  %s\nwant %s", c.name, got, c.after)
		}
	}
}

func encode(t testing.TB, o object, ok bool) string {
	t.Helper()
	if !ok {
		return ""
	}
	data, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestUnsilenceKeepsOthers: what somebody else set is not ours to lift.
func TestUnsilenceKeepsOthers(t *testing.T) {
	for name, content := range map[string]string{
		"never silenced":           `{"users":{}}`,
		"raised since":             `{"users":{"@a:hs":50},"fr.palabre.muted":{"@a:hs":{"set":-1}}}`,
		"silenced by a moderator":  `{"users":{"@a:hs":-1},"fr.palabre.muted":{"@b:hs":{"set":-1}}}`,
		"removed by somebody else": `{"users":{},"fr.palabre.muted":{"@a:hs":{"set":-1}}}`,
	} {
		o := decode(t, content)
		if got, ok := unsilence(o, levelsOf(o, creation{}), "@a:hs"); ok {
			t.Errorf("%s: changed to %v", name, got)
		}
	}
	lost := decode(t, `{"users":{"@a:hs":-1}}`) // a client dropped our note
	if _, ok := unsilence(lost, levelsOf(lost, creation{}), "@a:hs"); !ok {
		t.Error("a silence whose note was lost stays for ever")
	}
}

// TestBombs: what is built to be expensive is cheap.
func TestBombs(t *testing.T) {
	start := time.Now()
	deep := flatten(strings.Repeat("<div>", 20_000)+"bottom"+strings.Repeat("</div>", 20_000), false)
	if deep.text != "bottom" {
		t.Errorf("got %q", deep.text)
	}
	links := flatten(strings.Repeat(`<a href="https://matrix.to/#/@a:hs">x</a><a href="https://x.example">y</a>`, 900), false)
	if len(links.links) > maxLinks || len(links.pills) > maxLinks {
		t.Errorf("%d links, %d pills", len(links.links), len(links.pills))
	}
	many := make([]any, 10_000)
	for i := range many {
		many[i] = fmt.Sprintf("@u%d:hs", i)
	}
	s := sayingOf("m.room.message", object{"body": "hi", "m.mentions": map[string]any{"user_ids": many}}, false)
	if len(s.Mentions) != maxMentions {
		t.Errorf("%d mentions", len(s.Mentions))
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %s", took)
	}
}

// TestReplayAfterStart: members are read at the start as they are by then, and the events before that come
// again: who joined meanwhile has joined once, who was there has not.
func TestReplayAfterStart(t *testing.T) {
	member := func(id, user, membership, roomID string, minute int, unsigned string) wireEvent {
		line := fmt.Sprintf(`{"event_id":%q,"type":"m.room.member","sender":%q,"state_key":%q,"room_id":%q,
			"origin_server_ts":%d,"content":{"membership":%q,"displayname":"N"},"unsigned":%s}`,
			id, user, user, roomID, noon.Add(time.Duration(minute)*time.Minute).UnixMilli(), membership, unsigned)
		ev, ok := parseEvent([]byte(line))
		if !ok {
			t.Fatal(line)
		}
		return ev
	}
	const general, help = "!general:hs", "!help:hs"
	fresh := []wireEvent{
		member("$1", "@new:hs", "join", general, -9, `{}`), member("$2", "@new:hs", "join", help, -8, `{}`),
		member("$3", "@old:hs", "join", general, -7, `{"replaces_state":"$0"}`), member("$4", "@old:hs", "join", help, -6, `{}`),
	}
	r := offline(t)
	for _, ev := range fresh {
		r.dir.load(r.dir.rooms[ev.Room], []wireEvent{ev}, r.self)
	}
	var got []string
	for _, ev := range fresh {
		for _, out := range r.handle(t.Context(), ev) {
			got = append(got, out.ID+" "+string(out.Body.EventKind()))
		}
	}
	// $3 has neither a previous content nor a join that we know of: the safe reading is that she was there.
	if diff := cmp.Diff([]string{"matrix:$1 join", "matrix:$2 entered", "matrix:$4 entered"}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	if !r.dir.joined("@old:hs").IsZero() || !r.dir.joined("@new:hs").Equal(noon.Add(-9*time.Minute)) {
		t.Errorf("joined: old %v, new %v", r.dir.joined("@old:hs"), r.dir.joined("@new:hs"))
	}
}

// TestRender: what we say, in Matrix's two forms.
func TestRender(t *testing.T) {
	name := chat.Span{Kind: chat.NameOnly, Text: "**Ana** <b>"}
	for _, c := range []struct {
		name       string
		text       chat.Text
		body, html string
	}{
		{"words", chat.Text{{Text: "**bold** and [a link](https://a.example)"}}, "**bold** and [a link](https://a.example)", `<strong>bold</strong> and <a href="https://a.example">a link</a>`},
		{"a name in bold", chat.Text{{Text: "**"}, name, {Text: "** came"}}, "****Ana** <b>** came", "<strong>**Ana** &lt;b&gt;</strong> came"},
		{"a list", chat.Text{{Text: "- "}, name, {Text: "\n- two"}}, "- **Ana** <b>\n- two", "<ul>\n<li>**Ana** &lt;b&gt;</li>\n<li>two</li>\n</ul>"},
		{"HTML in our words is shown", chat.Text{{Text: "<b>x</b><script>y</script>"}}, "<b>x</b><script>y</script>", "&lt;b&gt;x&lt;/b&gt;&lt;script&gt;y&lt;/script&gt;"},
		{"a link that runs code is dropped", chat.Text{{Text: "[x](javascript:alert(1))"}}, "[x](javascript:alert(1))", `<a href="">x</a>`},
		{"a value as an address", chat.Text{{Text: "[x](https://a.example/"}, {Kind: chat.Data, Text: "\"><b>"}, {Text: ")"}}, `[x](https://a.example/"><b>)`, `<a href="https://a.example/%22%3E%3Cb%3E">x</a>`},
		{"a ping", chat.Text{{Kind: chat.Ping, Member: memberRef("@ana:hs"), Text: "A&B"}}, "A&B", `<a href="https://matrix.to/#/@ana:hs">A&amp;B</a>`},
		{"a room", chat.Text{{Kind: chat.RoomLink, Room: chat.RoomRef{ID: "!r:hs"}, Text: "rules"}}, "#rules", `<a href="https://matrix.to/#/%21r:hs">#rules</a>`},
		{"a quotation", chat.Text{{Kind: chat.Quote, Text: "`x` @room\n</code>"}}, "“`x` @\u200broom\n</code>”", "<code>`x` @\u200broom<br>&lt;/code&gt;</code>"},
		{"controls", chat.Text{{Kind: chat.Data, Text: "a\x00b\u202ec\u2066d\ue000"}}, "abcd", "abcd"},
		{"our placeholders in words", chat.Text{{Text: "\ue000\ue010\ue001"}, {Kind: chat.Data, Text: "x"}}, "x", "x"},
		{"lines", chat.Text{{Text: "one\ntwo\n\nthree"}}, "one\ntwo\n\nthree", "<p>one<br>\ntwo</p>\n<p>three</p>"},
	} {
		got := render(c.text)
		if got.body != c.body || got.html != c.html {
			t.Errorf("%s:\nbody %q\nwant %q\nhtml %q\nwant %q", c.name, got.body, c.body, got.html, c.html)
		}
	}
	if got := render(chat.Text{{Kind: chat.Ping, Member: memberRef("@ana:hs"), Text: "Ana"}, name}).pings; len(got) != 1 || got[0] != "@ana:hs" {
		t.Errorf("pings %q", got)
	}
}

// TestMessage: everything that we say is a notice that pings whom it means to and nobody else.
func TestMessage(t *testing.T) {
	r := offline(t)
	card := &chat.Card{Key: "case/7", Choices: []chat.Choice{{ID: "yes", Emoji: "✅", Label: "Yes, <b>"}, {ID: "no", Label: "No @room"}}}
	for name, c := range map[string]struct {
		text chat.Text
		card *chat.Card
		want string
	}{
		"words": {chat.Text{{Text: "hello"}}, nil,
			`{"body":"hello","fr.palabre.key":"k","m.mentions":{},"msgtype":"m.notice"}`},
		"a ping": {chat.Text{{Kind: chat.Ping, Member: memberRef("@ana:hs"), Text: "Ana"}}, nil,
			`{"body":"Ana","format":"org.matrix.custom.html","formatted_body":"<a href=\"https://matrix.to/#/@ana:hs\">Ana</a>","fr.palabre.key":"k","m.mentions":{"user_ids":["@ana:hs"]},"msgtype":"m.text"}`},
		"an alert": {chat.Text{{Text: "look"}}, nil,
			`{"body":"look","fr.palabre.key":"k","m.mentions":{},"msgtype":"m.text"}`},
		"what looks like a command": {chat.Text{{Text: "!ban is a command"}}, nil,
			"{\"body\":\"\u200b!ban is a command\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":\"!ban is a command\",\"fr.palabre.key\":\"k\",\"m.mentions\":{},\"msgtype\":\"m.notice\"}"},
		"a card": {chat.Text{{Text: "Well?"}}, card,
			"{\"body\":\"Well?\\n1. ✅ Yes, <b>\\n2. 2️⃣ No @\u200broom\",\"format\":\"org.matrix.custom.html\",\"formatted_body\":\"Well?<br>1. ✅ Yes, &lt;b&gt;<br>2. 2️⃣ No @\u200broom\"," +
				"\"fr.palabre.card\":{\"key\":\"case/7\",\"choices\":[{\"id\":\"yes\",\"emoji\":\"✅\"},{\"id\":\"no\",\"emoji\":\"2️⃣\"}]},\"fr.palabre.key\":\"k\",\"m.mentions\":{},\"msgtype\":\"m.text\"}"},
	} {
		var b strings.Builder
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r.message("k", c.text, c.card, name == "an alert")); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, strings.TrimSpace(b.String())); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestMessageIsBounded: however much is to be said, the event stays below what homeservers take.
func TestMessageIsBounded(t *testing.T) {
	r := offline(t)
	var text chat.Text
	for range 100 {
		text = append(text, chat.Span{Kind: chat.Quote, Text: strings.Repeat("\"", 5000)}, chat.Span{Text: "\n"})
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // homeservers count without
	if err := enc.Encode(r.message("k", text, nil, false)); err != nil {
		t.Fatal(err)
	}
	if b.Len() > 65_536 {
		t.Errorf("%d bytes", b.Len())
	}
}

// TestNamesAreOneLine: nobody writes a line of the moderators' room with their name.
func TestNamesAreOneLine(t *testing.T) {
	p := offline(t).dir.person("@eve:hs")
	p.setName("Eve\n#99 mod: ban\u2028lifted ")
	if p.name != "Eve #99 mod: ban lifted" {
		t.Errorf("%q", p.name)
	}
}

// TestFind: whom a moderator means.
func TestFind(t *testing.T) {
	r := offline(t)
	for user, name := range map[string]string{"@ana:hs": "Ana", "@ana2:hs": "ana", "@bob:hs": "Bobby", "@carl:hs": "Carl"} {
		p := r.dir.person(user)
		p.setName(name)
		p.in["!help:hs"] = noon
	}
	r.dir.people["@carl:hs"].in["!general:hs"] = noon
	general := chat.RoomRef{Platform: chat.Matrix, ID: "!general:hs"}
	for text, want := range map[string]string{
		"@bob:hs": "@bob:hs", "https://matrix.to/#/@bob:hs": "@bob:hs", "bobby": "@bob:hs", "@bob": "@bob:hs", " Carl ": "@carl:hs",
		"@gone:elsewhere": "@gone:elsewhere", "ana": "", "nobody": "", "": "", "@": "",
	} {
		got, ok := r.Find(general, text)
		if got.ID != want || ok != (want != "") {
			t.Errorf("%q: %q, want %q", text, got.ID, want)
		}
	}
	var _ adapters.Directory = r.Adapter
	var _ adapters.Roll = r.Adapter
	if r.Knows(memberRef("@typo:hs")) || !r.Knows(memberRef("@bob:hs")) {
		t.Error("who is known is not told from who is not")
	}
	help := chat.RoomRef{Platform: chat.Matrix, ID: "!help:hs"}
	for _, room := range []chat.RoomRef{general, help} { // who moderates one room is no prey in the other
		if got, _ := r.Find(room, "@mod:hs"); got.Standing != chat.StandingModerator {
			t.Errorf("standing %s, seen from %s", got.Standing, room.ID)
		}
	}
	r.dir.rooms["!help:hs"].setPower(object{"users_default": json.Number("50")})
	if got, _ := r.Find(general, "@bob:hs"); got.Standing != chat.StandingMember {
		t.Errorf("standing %s: a room where everybody may do everything makes nobody staff elsewhere", got.Standing)
	}
}

// TestMerge: rooms side by side by time, each in its own order.
func TestMerge(t *testing.T) {
	at := func(id string, second int) wireEvent {
		return wireEvent{ID: id, At: noon.Add(time.Duration(second) * time.Second)}
	}
	got := merge([][]wireEvent{{at("a1", 1), at("a2", 0), at("a3", 9)}, {}, {at("b1", 2), at("b2", 3)}})
	var ids []string
	for _, ev := range got {
		ids = append(ids, ev.ID)
	}
	if diff := cmp.Diff([]string{"a1", "a2", "b1", "b2", "a3"}, ids); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

// TestOptions: what New refuses.
func TestOptions(t *testing.T) {
	good := Options{Homeserver: "https://hs", User: "@p:hs", Token: "t", Space: "#s:hs"}
	for name, change := range map[string]func(*Options){
		"no homeserver": func(o *Options) { o.Homeserver = "" }, "no user": func(o *Options) { o.User = "palabre" },
		"no token": func(o *Options) { o.Token = "" }, "nothing to protect": func(o *Options) { o.Space = "" },
		"a room by its name": func(o *Options) { o.Rooms = []adapters.Room{{Logical: "x", ID: "general"}} },
	} {
		o := good
		change(&o)
		if _, err := New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if _, err := New(good); err != nil {
		t.Error(err)
	}
}

// FuzzEvent: whatever a homeserver delivers, translation neither fails nor differs the second time.
func FuzzEvent(f *testing.F) {
	f.Add(`{"event_id":"$a","type":"m.room.message","sender":"@a:hs","content":{"body":"!x","format":"org.matrix.custom.html","formatted_body":"<b>x"}}`)
	f.Add(`{"event_id":"$a","type":"m.room.member","sender":"@a:hs","state_key":"@b:hs","content":{"membership":"ban"}}`)
	f.Add(`{"event_id":"$a","type":"m.room.message","sender":"@a:hs","content":{"m.relates_to":{"rel_type":"m.replace","event_id":"$a"}}}`)
	f.Fuzz(func(t *testing.T, line string) {
		if strings.Contains(line, "\n") {
			t.Skip()
		}
		first := told(t, line)
		if strings.Contains(first, "quarantined") {
			t.Errorf("panicked: %s", first)
		}
		if again := told(t, line); first != again {
			t.Errorf("first %q, then %q", first, again)
		}
	})
}

// FuzzRender: a value never adds a tag.
func FuzzRender(f *testing.F) {
	f.Add("**", "<b>", "x](y")
	f.Fuzz(func(t *testing.T, before, data, after string) {
		with := render(chat.Text{{Text: before}, {Kind: chat.Data, Text: data}, {Text: after}}).html
		without := render(chat.Text{{Text: before}, {Kind: chat.Data, Text: "x"}, {Text: after}}).html
		breaks := strings.Count(with, "<br>") - strings.Count(without, "<br>")
		if strings.Count(with, "<")-breaks != strings.Count(without, "<") {
			t.Errorf("%q in %q … %q:\n%s\n%s", data, before, after, with, without)
		}
	})
}

// TestBanOverBan: our own ban in one room more is nothing new; a moderator's ban of somebody whom we had banned is.
func TestBanOverBan(t *testing.T) {
	d, r := newDirectory(), &room{id: "!a"}
	victim := "@eve:test"
	ban := func(before string) wireEvent {
		return wireEvent{
			ID: "$b", Type: "m.room.member", StateKey: &victim, At: time.UnixMilli(1000), Content: object{"membership": "ban"},
			Unsigned: object{"prev_content": map[string]any{"membership": before}},
		}
	}
	ours, theirs := chat.Actor{Kind: chat.Self}, chat.Actor{Name: "mod"}
	for i, tc := range []struct {
		before string
		by     chat.Actor
		told   bool
	}{{"join", ours, true}, {"ban", ours, false}, {"ban", theirs, true}} {
		body := d.change(r, ban(tc.before), tc.by)
		banned, told := body.(chat.MemberBanned)
		if told != tc.told || (told && banned.By.Name != tc.by.Name) {
			t.Errorf("ban %d: got %+v", i+1, body)
		}
	}
}

// Whatever a homeserver asks for, nothing waits for it longer than a few minutes: it may be well again long before.
func TestNoPauseIsLong(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	for _, after := range []string{"82721", "1e300", now.Add(24 * time.Hour).Format(http.TimeFormat)} {
		response := &http.Response{Header: http.Header{"Retry-After": {after}}}
		if wait, told := pause(mautrix.RespError{}, response, now); wait != 5*time.Minute || told {
			t.Errorf("%s: waits %v, taken for a limit of calls: %t", after, wait, told)
		}
	}
	body := mautrix.RespError{ExtraData: map[string]any{"retry_after_ms": 8.64e7}}
	if wait, _ := pause(body, &http.Response{}, now); wait != 5*time.Minute {
		t.Errorf("in the body: waits %v", wait)
	}
}
