package rules

import (
	"strconv"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type words struct {
	list  *text.WordList
	fuzzy *text.FuzzyList // nil: words are not looked for behind disguises
}

// disguises are those that a list must ask for: they also find words that nobody hid.
var disguises = map[string]text.Disguise{"leet": text.Leet, "repeats": text.Repeats}

const wordsHint = "list whole words or phrases, such as imbecile or imbec*"

func parseWords(p *parser, v yamlsrc.Value) (condition, bool) {
	if v.Kind() != "map" {
		if _, ok := v.List(); !ok {
			return nil, false
		}
	}
	l, m, ok := p.listed(v, "word", "anywhere", "fuzzy")
	how, good := disguised(m.Get("fuzzy"))
	ok = l.load() && ok && good
	l.unquoted()
	if m.Has("anywhere") {
		yes, good := m.Get("anywhere").Bool()
		if ok = ok && good; yes {
			l.anywhere()
		}
	}
	var c words
	list, err := p.search.Words(l.entries)
	if c.list = list; l.wrong(err, wordsHint) || !ok {
		return nil, false
	}
	if how != 0 {
		c.fuzzy, err = text.NewFuzzyList(l.entries, how)
	}
	return c, err == nil
}

// disguised reads behind which disguises words are looked for.
func disguised(v yamlsrc.Value) (how text.Disguise, ok bool) {
	ok = true
	for _, e := range v.OneOrMany() {
		name, good := e.Enum("disguise", "leet", "repeats")
		how, ok = how|disguises[name], ok && good
	}
	return how, ok
}

// unquoted takes typographic quotes off the ends of entries, where word processors put them: with them an entry would never
// be found.
func (l *listing) unquoted() {
	for i, e := range l.entries {
		l.entries[i] = strings.Trim(e, "“”„«» \u00a0\u202f")
	}
}

// anywhere lets every entry stand inside a word.
func (l *listing) anywhere() {
	for i, e := range l.entries {
		l.entries[i] = "*" + e + "*"
	}
}

// grounds: disguised words are looked for in a way of their own.
func (c words) grounds() grounds {
	if c.fuzzy != nil {
		return grounds{}
	}
	return onTarget(c.list.Target())
}

func (c words) match(r *Reading, _ *History) bool {
	_, _, ok := c.find(r.View)
	return ok
}

func (c words) find(v *text.View) (text.Span, string, bool) {
	span, word, ok := v.FindWord(c.list)
	if !ok && c.fuzzy != nil {
		return v.FindFuzzy(c.fuzzy)
	}
	return span, word, ok
}

func (c words) reason(r *Reading, _ *History) chat.Reason {
	span, word, _ := c.find(r.View)
	return chat.Reason{Say: chat.Say("reason.words", chat.Args{"word": word}), Excerpt: r.View.Original(span)}
}

func (c words) value(r *Reading, _ *History) string {
	if span, word, ok := c.find(r.View); ok {
		return strconv.Quote(r.View.Original(span)) + " is the listed word " + strconv.Quote(word)
	}
	return "no listed word"
}
