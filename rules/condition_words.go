package rules

import (
	"errors"
	"strconv"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type words struct{ list *text.WordList }

func parseWords(p *parser, v yamlsrc.Value) (condition, bool) {
	entries, ok := v.List()
	if !ok {
		return nil, false
	}
	if len(entries) == 0 {
		v.Errorf("write the words, or remove the condition", "the list of words is empty")
		return nil, false
	}
	var list []string
	var listed []yamlsrc.Value
	for _, e := range entries {
		w, good := e.Text()
		ok = ok && good
		if good {
			list, listed = append(list, w), append(listed, e)
		}
	}
	compiled, err := p.search.Words(list)
	var wrong text.Mistakes
	errors.As(err, &wrong)
	for _, w := range wrong {
		listed[w.Line-1].Errorf("list whole words or phrases, such as imbecile or imbec*", "%v", w.Err)
	}
	return words{compiled}, ok && err == nil
}

func (c words) grounds() grounds { return grounds{targets: []int{c.list.Target()}} }

func (c words) match(r *Reading, _ *History) bool {
	_, _, ok := r.View.FindWord(c.list)
	return ok
}

func (c words) reason(r *Reading, _ *History) chat.Reason {
	span, word, _ := r.View.FindWord(c.list)
	return chat.Reason{Say: chat.Say("reason.words", chat.Args{"word": word}), Excerpt: r.View.Original(span)}
}

func (c words) value(r *Reading, _ *History) string {
	if span, word, ok := r.View.FindWord(c.list); ok {
		return strconv.Quote(r.View.Original(span)) + " is the listed word " + strconv.Quote(word)
	}
	return "no listed word"
}
