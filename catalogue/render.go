package catalogue

import (
	"fmt"
	"strconv"
	"time"

	"palabre/chat"
)

// Render says a phrase. The sentence's own words become Markdown spans, its arguments spans that no platform may
// read as markup. What is missing shows instead of failing: an unknown key as "[key]", an argument that was
// not given as "{name}".
func (c *Catalogue) Render(v Voice, p chat.Phrase, r Resolver) chat.Text {
	say := speaker{catalogue: c, voice: v, resolver: r}
	return say.phrase(p)
}

// Plain says a phrase as bare text, for titles, labels and terminals.
func (c *Catalogue) Plain(v Voice, p chat.Phrase, r Resolver) string {
	return c.Render(v, p, r).Plain()
}

// speaker is one call of Render.
type speaker struct {
	catalogue *Catalogue
	voice     Voice
	resolver  Resolver
}

func (s speaker) phrase(p chat.Phrase) chat.Text {
	if p.Key == "" {
		return s.words(p)
	}
	e, ok := s.catalogue.find(s.voice, p.Key)
	if !ok {
		return chat.Text{{Kind: chat.Data, Text: "[" + p.Key + "]"}}
	}
	count, hasCount := p.Args["count"].(int)
	return s.fill(e.in(s.voice.Register).pick(s.voice.Language, count, hasCount), p.Args)
}

// words says the community's own text: a brace that no argument answers stays as they wrote it.
func (s speaker) words(p chat.Phrase) chat.Text {
	text := p.Words.In(s.voice.Language)
	if _, own := p.Words[s.voice.Language]; own {
		text = typeset(s.voice.Language, text)
	}
	return s.fill(cut(text), p.Args)
}

func (s speaker) fill(t template, args chat.Args) chat.Text {
	var text chat.Text
	for _, p := range t {
		if p.name == "" {
			text = append(text, chat.Span{Text: p.literal})
			continue
		}
		arg, given := args[p.name]
		if !given {
			text = append(text, chat.Span{Kind: chat.Data, Text: "{" + p.name + "}"})
			continue
		}
		text = append(text, s.arg(arg)...)
	}
	return text
}

func (s speaker) arg(a chat.Arg) chat.Text {
	switch a := a.(type) {
	case chat.Phrase:
		return s.phrase(a)
	case []chat.Arg:
		return s.list(a)
	case chat.Lines:
		return s.lines(a)
	case chat.Mention:
		return chat.Text{mention(a)}
	case chat.RoomName:
		return chat.Text{{Kind: chat.RoomLink, Text: a.Name, Room: a.Room}}
	case chat.Excerpt:
		return chat.Text{{Kind: chat.Quote, Text: string(a)}}
	case chat.Typed:
		return chat.Text{{Kind: chat.Quote, Text: s.phrase(a.Phrase).Plain()}}
	case time.Time:
		return chat.Text{{Kind: chat.Timestamp, Text: s.moment(a), At: a}}
	default:
		return chat.Text{{Kind: chat.Data, Text: s.value(a)}}
	}
}

// value is an argument that is shown literally.
func (s speaker) value(a chat.Arg) string {
	switch a := a.(type) {
	case string:
		return a
	case int:
		return strconv.Itoa(a)
	case time.Duration:
		return s.duration(a)
	case chat.CaseNumber:
		if s.resolver.Case == 0 {
			return "#?"
		}
		return "#" + strconv.Itoa(s.resolver.Case)
	default:
		return fmt.Sprint(a)
	}
}

func mention(m chat.Mention) chat.Span {
	kind := chat.NameOnly
	if m.Ping {
		kind = chat.Ping
	}
	return chat.Span{Kind: kind, Text: m.Name, Member: m.Member}
}

// list joins values as people do: "a, b and c".
func (s speaker) list(items []chat.Arg) chat.Text {
	var text chat.Text
	for i, item := range items {
		switch {
		case i == 0:
		case i == len(items)-1:
			text = append(text, chat.Span{Text: " " + s.word("list.and") + " "})
		default:
			text = append(text, chat.Span{Text: ", "})
		}
		text = append(text, s.arg(item)...)
	}
	return text
}

// lines puts values one under the other.
func (s speaker) lines(items chat.Lines) chat.Text {
	var text chat.Text
	for i, item := range items {
		if i > 0 {
			text = append(text, chat.Span{Text: "\n"})
		}
		text = append(text, s.arg(item)...)
	}
	return text
}

// word is a key of the catalogue as bare text.
func (s speaker) word(key string) string { return s.phrase(chat.Say(key, nil)).Plain() }
