package rules_test

import (
	"strings"
	"testing"

	"palabre/chat"
	"palabre/rules"
)

// TestConditions tries each condition at its edges: what is written in the rule, what is said, whether it holds.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		when, say string
		want      bool
	}{
		{`words: [imbecile, "sale con", "insult*"]`, "IMBÉCILE !", true},
		{`words: [imbecile, "sale con", "insult*"]`, "un sale  con", true},
		{`words: [imbecile, "sale con", "insult*"]`, "insulting", true},
		{`words: [imbecile, "sale con", "insult*"]`, "imbeciles, sales cons", false},
		{`pattern: 'free\s+gift'`, "a FREE gift", true},
		{`pattern: ['free\s+gift', 'cheap \w+']`, "cheap watches", true},
		{`pattern: 'free\s+gift'`, "freegift", false},

		{`link: any`, "see https://x.example/a", true},
		{`link: any`, "node.js and file.zip, e.g. this", false},
		{`link: { domain: [x.example] }`, "https://sub.X.example/a", true},
		{`link: { domain: [x.example] }`, "https://notx.example/a", false},
		{`link: { domain: [x.example] }`, "https://x.example.evil.example/", false},
		{`link: { allow: [good.example] }`, "https://good.example/ and https://evil.example/", true},
		{`link: { allow: [good.example] }`, "https://www.good.example/", false},
		{`link: { allow: [example.com] }`, "https://example.com.evil.example/", true},
		{`link: { is: any, in_code: false }`, "`https://x.example/`", false},
		{`link: any`, "`https://x.example/`", true},
		{`link: lookalike`, "https://аррӏе.com/", true},
		{`link: lookalike`, "https://apple.com/", false},
		{`link: mismatch`, "[https://bank.example](https://evil.example/)", true},
		{`link: ip`, "https://127.0.0.1/", true},
		{`link: ip`, "https://x.example/", false},

		{`invite: any`, "discord.gg/abc123", true},
		{`invite: discord`, "https://matrix.to/#/#room:example.org", false},
		{`invite: matrix`, "https://matrix.to/#/#room:example.org", true},
		{`invite: { is: foreign, own: [abc123] }`, "discord.gg/abc123", false},
		{`invite: { is: foreign, own: [abc123] }`, "discord.gg/abc123 discord.gg/other1", true},
		{`invite: { is: own, own: [abc123] }`, "discord.gg/abc123", true},
		{`invite: any`, "notdiscord.gg/abc123", false},

		{`mentions: "> 2"`, "<@1> <@1> <@1>", true},
		{`mentions: "> 3"`, "<@1> <@1> <@1>", false},
		{`mentions: { distinct: "> 1" }`, "<@1> <@1> <@1>", false},
		{`mentions: { distinct: "> 1", roles: ">= 1" }`, "<@1> <@!2> <@&3>", true},
		{`mentions: everyone`, "hello @everyone", true},
		{`mentions: everyone`, "hello everyone", false},

		{`caps: "> 70%"`, "WHY ARE YOU SHOUTING", true},
		{`caps: "> 70%"`, "ЧТО ЭТО", true},
		{`caps: "> 70%"`, "NASA, OK", true},
		{`caps: "> 70%"`, "NASA", false},
		{`caps: "> 50%"`, "AAAbbb", false},
		{`caps: ">= 50%"`, "AAAbbb", true},
		{`length: ">= 5"`, "héllo", true},
		{`length: "> 5"`, "héllo", false},
		{`length: "< 2"`, "👨‍👩‍👧‍👦", true},
		{`lines: "> 4"`, `a\nb\n\n\nc`, true},
		{`lines: "> 5"`, `a\nb\n\n\nc`, false},
		{`emoji: ">= 2"`, "😀😀", true},
		{`emoji: ">= 2"`, "👨‍👩‍👧‍👦", false},
		{`attachments: ">= 1"`, "none", false},
		{`oddity: [zalgo]`, "h̷̛e̵̢l̷̨l̵o̶ h̷̛e̵̢l̷̨l̵o̶ h̷̛̛e̵̢̛l̷̨̛l̵̨̛", true},
		{`oddity: [zalgo, bidi]`, "नमस्ते दुनिया", false},
		{`oddity: bidi`, "\u202edrowdab", true},
		{`oddity: invisible`, "bad\u200bword", true},
		{`oddity: mixed_script`, "b\u0430dword", true},
		{`oddity: mixed_script`, "привет world", false},

		{`account_age: "< 3d"`, "x", false},
		{`membership_age: "> 1d"`, "x", true},
		{`standing: member`, "x", true},
		{`standing: ">= trusted"`, "x", false},
		{`role: guest`, "x", true},
		{`role: [boss, chief]`, "x", false},
		{`room: [talk]`, "x", true},
		{`room: welcome`, "x", false},
		{`first_message: true`, "x", false},

		{`any: [ words: [dog], words: [cat] ]`, "a cat", true},
		{`all: [ words: [dog], words: [cat] ]`, "a cat", false},
		{`not: { words: [dog], length: "> 5" }`, "dog", true},
		{`not: { words: [dog], length: "> 2" }`, "dog", false},
		{`any: [ { words: [dog], length: "> 99" }, { not: { words: [cat] } } ]`, "dog", true},
	} {
		rs := parse(t, "rules:\n  - name: a\n    when:\n      "+c.when+"\n    do: [alert]\n")
		ev := message("1", strings.ReplaceAll(c.say, `\n`, "\n"), noon)
		ev.Actor.Roles = []string{"guest"}
		d := decide(rs, rules.NewHistory([16]byte{}), ev)
		if got := len(d.Verdicts) > 0; got != c.want {
			t.Errorf("%s: %q: %v, want %v", c.when, c.say, got, c.want)
		}
		if c.want && (len(d.Verdicts[0].Reasons) == 0 || d.Verdicts[0].Reasons[0].Say.IsZero()) {
			t.Errorf("%s: %q: no reason", c.when, c.say)
		}
	}
}

func TestFilesOfAMessage(t *testing.T) {
	rs := parse(t, `rules: [ { name: a, when: { attachments: "> 1" }, do: [delete] }, { name: b, when: { words: [badword] }, do: [delete] } ]`)
	ev := message("1", "", noon)
	body := ev.Body.(chat.MessageSent)
	body.Content.Attachments = []chat.Attachment{{Name: "a.png"}, {Name: "badword.png"}}
	ev.Body = body
	if d := decide(rs, rules.NewHistory([16]byte{}), ev); len(d.Verdicts) != 2 {
		t.Errorf("verdicts %+v", d.Verdicts)
	}
}
