package matrix

import (
	"fmt"
	"html"
	"net/url"
	"strings"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	goldhtml "github.com/yuin/goldmark/renderer/html"
	"maunium.net/go/mautrix/format/mdext"

	"palabre/chat"
)

// rendered is a text as Matrix carries it.
type rendered struct {
	body, html string
	pings      []string
}

// markdown renders our own and the community's words. HTML in them is shown, not obeyed, and links that
// run code are dropped.
var markdown = goldmark.New(
	goldmark.WithExtensions(extension.Strikethrough, mdext.EscapeHTML),
	goldmark.WithRendererOptions(goldhtml.WithHardWraps()),
)

// Values are kept out of the Markdown: a placeholder of private-use characters stands for each of them
// while the words are rendered, so that nothing in a value can format, link or ping.
const (
	openMark, closeMark = '\ue000', '\ue001'
	firstDigit          = '\ue010' // and the nine after it
)

// render turns a text into a message's body and formatted body.
func render(text chat.Text) rendered {
	var source, body strings.Builder
	var values []string // pairs for the replacer: placeholder, HTML
	out := rendered{}
	for i, span := range text {
		if span.Kind == chat.Markdown {
			words := withoutMarks(span.Text)
			source.WriteString(words)
			body.WriteString(words)
			continue
		}
		mark := placeholder(i)
		source.WriteString(mark)
		shown, formatted := value(span)
		body.WriteString(shown)
		values = append(values, mark, formatted, url.PathEscape(mark), url.QueryEscape(shown))
		if span.Kind == chat.Ping && isUser(span.Member.ID) {
			out.pings = append(out.pings, span.Member.ID)
		}
	}
	out.body = strings.TrimSpace(body.String())
	out.html = strings.NewReplacer(values...).Replace(toHTML(source.String()))
	return out
}

// toHTML renders Markdown; a single paragraph stands without its tags, as clients write it.
func toHTML(source string) string {
	var b strings.Builder
	if err := markdown.Convert([]byte(source), &b); err != nil {
		return html.EscapeString(source) // the writer never fails
	}
	out := strings.TrimSpace(b.String())
	inner, ok := strings.CutPrefix(out, "<p>")
	inner, closed := strings.CutSuffix(inner, "</p>")
	if ok && closed && !strings.Contains(inner, "<p>") {
		return inner
	}
	return out
}

// value gives a span that is not Markdown: as plain text, and as HTML.
func value(s chat.Span) (shown, formatted string) {
	text := harmless(s.Text)
	escaped := strings.ReplaceAll(html.EscapeString(text), "\n", "<br>")
	switch s.Kind {
	case chat.Quote:
		return "“" + text + "”", "<code>" + escaped + "</code>"
	case chat.Ping:
		if !isUser(s.Member.ID) {
			return text, escaped
		}
		if text == "" {
			text = s.Member.ID
		}
		return text, permalink(s.Member.ID, text)
	case chat.RoomLink:
		if s.Room.ID == "" {
			return "#" + text, "#" + escaped
		}
		return "#" + text, permalink(s.Room.ID, "#"+text)
	case chat.Markdown, chat.Data, chat.NameOnly, chat.Timestamp:
	}
	return text, escaped
}

func permalink(id, label string) string {
	return fmt.Sprintf(`<a href="https://matrix.to/#/%s">%s</a>`, html.EscapeString(url.PathEscape(id)), html.EscapeString(label))
}

// maxValue bounds one value, in runes: more than any name or excerpt that a decider quotes.
const maxValue = 2000

// harmless makes somebody's text safe to show anywhere: no control or bidirectional-control characters, none
// of our placeholders, and no @room or @everyone that an old client would ring for.
func harmless(s string) string {
	var b strings.Builder
	runes := 0
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if isMark(r) || bidi(r) || (unicode.IsControl(r) && r != '\n') {
			continue
		}
		if runes++; runes > maxValue {
			b.WriteRune('…')
			break
		}
		b.WriteRune(r)
	}
	return calm.Replace(b.String())
}

// calm puts a character without width behind the @ of words that ring for everybody.
var calm = strings.NewReplacer(
	"@room", "@\u200broom", "@Room", "@\u200bRoom", "@ROOM", "@\u200bROOM",
	"@everyone", "@\u200beveryone", "@here", "@\u200bhere",
)

func bidi(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\u061c'
}

func isMark(r rune) bool { return r >= openMark && r <= firstDigit+9 }

// withoutMarks keeps the words from imitating a placeholder.
func withoutMarks(s string) string {
	return strings.Map(func(r rune) rune {
		if isMark(r) {
			return -1
		}
		return r
	}, s)
}

func placeholder(i int) string {
	var b strings.Builder
	b.WriteRune(openMark)
	for _, digit := range fmt.Sprint(i) {
		b.WriteRune(firstDigit + digit - '0')
	}
	b.WriteRune(closeMark)
	return b.String()
}
