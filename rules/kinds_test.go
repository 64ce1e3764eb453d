package rules_test

import (
	"fmt"
	"testing"
	"time"

	"palabre/chat"
	"palabre/rules"
)

// TestMessagesOfAllKinds tries the conditions that look at more than the text.
func TestMessagesOfAllKinds(t *testing.T) {
	file := func(name, mime string, size int64) chat.Attachment {
		return chat.Attachment{Name: name, MIME: mime, Size: size}
	}
	holds := func(c chat.Content) func(*chat.Event) {
		return func(ev *chat.Event) {
			ev.Body = chat.MessageSent{Message: chat.MessageRef{Room: ev.Room, ID: "1"}, Content: c}
		}
	}
	files := func(fs ...chat.Attachment) func(*chat.Event) { return holds(chat.Content{Attachments: fs}) }
	says := func(text string) func(*chat.Event) { return holds(chat.Content{Text: text}) }
	for _, c := range []struct {
		name, on, when string
		event          func(*chat.Event)
		want           bool
	}{
		{"F12 every file is looked at", "message", `attachment: executable`, files(file("a.png", "image/png", 1), file("setup", "application/x-msdownload", 1)), true},
		{"the last part of the name counts", "message", `attachment: executable`, files(file("photo.png.exe", "image/png", 1)), true},
		{"a picture is no program", "message", `attachment: executable`, files(file("exe.png", "image/png", 1)), false},
		{"a type by name", "message", `attachment: { type: [.psd] }`, files(file("a.PSD", "", 1)), true},
		{"a type that is not allowed", "message", `attachment: { allow: [png, jpg] }`, files(file("a.png", "", 1), file("b.gif", "", 1)), true},
		{"only allowed types", "message", `attachment: { allow: [png, jpg] }`, files(file("a.png", "", 1)), false},
		{"a family of types", "message", `attachment: { mime: "video/*", size: "> 8MB" }`, files(file("a", "video/mp4; codecs=x", 9_000_000)), true},
		{"both of one file", "message", `attachment: { mime: "video/*", size: "> 8MB" }`, files(file("a", "video/mp4", 1), file("b", "image/png", 9_000_000)), false},
		{"sticker", "message", `kind: sticker`, files(chat.Attachment{Name: "sticker", Sticker: true}), true},
		{"a sticker is no image", "message", `kind: image_only`, files(chat.Attachment{Name: "sticker", MIME: "image/png", Sticker: true}), false},
		{"voice", "message", `kind: voice`, files(chat.Attachment{Name: "v.ogg", Voice: true}), true},
		{"poll", "message", `kind: [poll, forward]`, holds(chat.Content{Poll: true}), true},
		{"forward", "message", `kind: [poll, forward]`, holds(chat.Content{Forwarded: true}), true},
		{"reply", "message", `kind: reply`, holds(chat.Content{Text: "x", ReplyTo: "7"}), true},
		{"no reply", "message", `kind: reply`, says("x"), false},
		{"an image without words", "message", `kind: image_only`, files(file("a.webp", "", 1)), true},
		{"an image with words", "message", `kind: image_only`, holds(chat.Content{Text: "look", Attachments: []chat.Attachment{file("a.webp", "", 1)}}), false},
		{"in a thread", "message", `kind: in_thread`, func(ev *chat.Event) { ev.Room.Thread = "5" }, true},

		{"question", "message", `question: true`, says("really? yes"), true},
		{"question at the end", "message", `question: true`, says("really?"), true},
		{"an address is no question", "message", `question: true`, says("https://x.example/?a=b"), false},
		{"Arabic question", "message", `question: true`, says("كيف حالك؟"), true},
		{"quoted", "message", `quoted: true`, says("> somebody said\nno"), true},
		{"not quoted", "message", `quoted: true`, says("a > b"), false},
		{"code", "message", `code: true`, says("run `ls`"), true},
		{"no code", "message", `code: true`, says("it's 5` long"), false},
		{"F8 empty lines", "message", `empty_lines: ">= 2"`, says("a\nb\n\n\nc"), true},
		{"F8 empty lines, fewer", "message", `empty_lines: "> 2"`, says("a\nb\n\n\nc"), false},

		{"shortener", "message", `link: shortener`, says("https://bit.ly/x"), true},
		{"no shortener", "message", `link: shortener`, says("https://habit.ly/x"), false},
		{"masked", "message", `link: masked`, says("[hello](https://x.example/)"), true},
		{"not masked", "message", `link: masked`, says("https://x.example/"), false},
		{"punycode", "message", `link: punycode`, says("https://xn--80ak6aa92e.com"), true},
		{"punycode of a host in letters", "message", `link: punycode`, says("https://münchen.example/"), true},
		{"scheme", "message", `link: scheme`, says("steam://run/1"), true},
		{"two kinds", "message", `link: [ip, shortener]`, says("https://tinyurl.com/x"), true},
		{"bare", "message", `link: bare`, says("see google.com"), true},
		{"bare is not any", "message", `link: any`, says("see google.com"), false},
		{"hidden invitation", "message", `invite: hidden`, says("discord (dot) gg/abc123"), true},
		{"another site's list", "message", `invite: other`, says("https://disboard.org/server/join/1"), true},

		{"anywhere", "message", `words: { list: [hell], anywhere: true }`, says("hello"), true},
		{"A3 leet", "message", `words: { list: [badword], fuzzy: leet }`, says("b4dw0rd"), true},
		{"A21 repeats", "message", `words: { list: [badword], fuzzy: [leet, repeats] }`, says("baaaadword"), true},
		{"a fuzzy list finds plain words", "message", `words: { list: [badword], fuzzy: leet }`, says("badword"), true},

		{"words of a name", "join", `name: { words: ["*casino*"] }`, func(ev *chat.Event) { ev.Actor.Name = "BestCasino24"; ev.Body = chat.MemberJoined{} }, true},
		{"pattern of a name", "join", `name: { pattern: '^[a-z]+\d{4}$' }`, func(ev *chat.Event) { ev.Actor.Name = "mary1234"; ev.Body = chat.MemberJoined{} }, true},
		{"a name like another", "renamed", `name: { like: [Palabre] }`, func(ev *chat.Event) { ev.Actor.Name = "Раlаbrе"; ev.Body = chat.MemberRenamed{Old: "x"} }, true},
		{"a name like no other", "renamed", `name: { like: [Palabre] }`, func(ev *chat.Event) { ev.Actor.Name = "Palabras"; ev.Body = chat.MemberRenamed{Old: "x"} }, false},
		{"strikes", "message", `strikes: ">= 1"`, says("x"), false},
		{"hour", "message", `hour: "11-13"`, says("x"), true},
		{"the last hour does not belong to it", "message", `hour: "9-12"`, says("x"), false},
		{"over midnight", "message", `hour: "22-13"`, says("x"), true},
		{"weekday", "message", `weekday: [monday]`, says("x"), true},
		{"another weekday", "message", `weekday: [tuesday, sunday]`, says("x"), false},
		{"reaction", "reaction", `reaction: ["❤"]`, func(ev *chat.Event) { ev.Body = chat.ReactionAdded{Emoji: "❤️"} }, true},
		{"another reaction", "reaction", `reaction: ["👎"]`, func(ev *chat.Event) { ev.Body = chat.ReactionAdded{Emoji: "👍"} }, false},
		{"automod", "blocked", `automod: true`, func(ev *chat.Event) { ev.Body = chat.MessageBlocked{Rule: "slurs", Matched: "x"} }, true},
		{"automod, another rule", "blocked", `automod: ["12"]`, func(ev *chat.Event) { ev.Body = chat.MessageBlocked{Rule: "13"} }, false},
		{"automod, this rule", "blocked", `automod: ["12", "13"]`, func(ev *chat.Event) { ev.Body = chat.MessageBlocked{Rule: "13"} }, true},
		{"what automod met is read", "blocked", `words: [dog]`, func(ev *chat.Event) { ev.Body = chat.MessageBlocked{Content: chat.Content{Text: "a dog"}} }, true},
		{"the title of a thread", "thread", `words: [dog]`, func(ev *chat.Event) { ev.Body = chat.ThreadOpened{Title: "my dog"} }, true},
	} {
		rs := parse(t, "rules:\n  - name: a\n    on: ["+c.on+"]\n    when:\n      "+c.when+"\n    do: [alert]\n")
		ev := message("1", "x", noon)
		c.event(ev)
		d := decide(rs, rules.NewHistory([16]byte{}), ev)
		if got := len(d.Verdicts) > 0; got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
		if c.want && (len(d.Verdicts) == 0 || d.Verdicts[0].Reasons[0].Say.IsZero()) {
			t.Errorf("%s: no reason", c.name)
		}
	}
}

// A thread with another title is judged by it, and is no thread more.
func TestAnotherTitleIsNoThreadMore(t *testing.T) {
	rs := parse(t, `rules: [ { name: many, on: [thread], when: { rate: "> 1 threads in 1h" }, do: [alert] } ]`)
	past := rules.NewHistory([16]byte{})
	for i, renamed := range []bool{false, true, true, false} {
		ev := message(fmt.Sprint(i), "", noon)
		ev.Body = chat.ThreadOpened{Title: "my dog", Renamed: renamed}
		r := rs.Read(ev, past)
		past.Fold(r.Fact)
		if hit := len(rs.Decide(r, past).Verdicts) > 0; hit != (i == 3) {
			t.Errorf("event %d: %v", i, hit)
		}
	}
}

// A moderator's name is known once they wrote; somebody else who wears it, or one like it, is found.
func TestNameLikeAModerators(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, on: [join, message], when: { name: { like: staff } }, do: [alert] } ]`)
	past := rules.NewHistory([16]byte{})
	maud := message("1", "hello", noon)
	maud.Actor = chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "maud"}, Name: "Maud", Standing: chat.StandingModerator}
	for i, step := range []struct {
		ev   *chat.Event
		want int
	}{
		{named(message("0", "hi", noon), "eve", "MAUD"), 0},
		{maud, 0},
		{named(message("2", "hi", noon.Add(time.Minute)), "eve", "Маud"), 1},
		{named(message("3", "hi", noon.Add(time.Hour)), "bob", "Maurice"), 0},
	} {
		if d := decide(rs, past, step.ev); len(d.Verdicts) != step.want {
			t.Errorf("step %d: %d verdicts, want %d", i, len(d.Verdicts), step.want)
		}
	}
}

func named(ev *chat.Event, id, name string) *chat.Event {
	ev.Actor.ID, ev.Actor.Name = id, name
	return ev
}

// F3, F4: what a reply pings by itself, and calls of oneself, count only when the rule says so.
func TestMentionsThatDisturbNobody(t *testing.T) {
	for when, want := range map[string]int{
		`mentions: ">= 1"`: 0,
		`mentions: { total: ">= 1", count_replies: true }`: 1,
		`mentions: { total: ">= 1", count_self: true }`:    1,
	} {
		rs := parse(t, "rules:\n  - name: a\n    when:\n      "+when+"\n    do: [alert]\n")
		past := rules.NewHistory([16]byte{})
		decide(rs, past, named(message("7", "a question", noon), "ann", "ann"))
		ev := message("8", "", noon.Add(time.Second))
		ev.Body = chat.MessageSent{Message: chat.MessageRef{Room: ev.Room, ID: "8"}, Content: chat.Content{
			Text: "an answer", ReplyTo: "7", Mentions: []chat.MemberRef{{Platform: chat.Console, ID: "ann"}, {Platform: chat.Console, ID: "bob"}},
		}}
		if d := decide(rs, past, ev); len(d.Verdicts) != want {
			t.Errorf("%s: %d verdicts, want %d", when, len(d.Verdicts), want)
		}
	}
}
