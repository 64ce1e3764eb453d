package rules

import (
	"strconv"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type words struct{ list *text.WordList }

func parseWords(_ *parser, v yamlsrc.Value) (condition, bool) {
	entries, ok := v.List()
	if !ok {
		return nil, false
	}
	if len(entries) == 0 {
		v.Errorf("write the words, or remove the condition", "the list of words is empty")
		return nil, false
	}
	var list []string
	for _, e := range entries {
		w, good := e.Text()
		if good {
			if _, err := text.NewWordList([]string{w}); err != nil {
				e.Errorf("list whole words or phrases, such as imbecile or imbec*", "%v", err)
				good = false
			}
		}
		ok = ok && good
		list = append(list, w)
	}
	if !ok {
		return nil, false
	}
	compiled, err := text.NewWordList(list)
	if err != nil {
		v.Errorf("", "%v", err)
		return nil, false
	}
	return words{compiled}, true
}

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
