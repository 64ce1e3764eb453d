package rules

import (
	"fmt"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// fewestLetters is how many letters with a case a text needs before its capitals are counted: "OK" and "NASA" are no shouting.
const fewestLetters = 6

type caps struct{ share compare } // in percent

func parseCaps(_ *parser, v yamlsrc.Value) (condition, bool) {
	share, ok := number(v, "> 70%", "%", 100)
	return caps{share}, ok
}

func (c caps) match(r *Reading, _ *History) bool {
	upper, cased := r.View.Caps()
	return cased >= fewestLetters && compare{c.share.op, c.share.n * int64(cased)}.holds(100*int64(upper))
}

func (c caps) reason(r *Reading, _ *History) chat.Reason {
	upper, cased := r.View.Caps()
	return chat.Reason{Say: chat.Say("reason.caps", chat.Args{"percent": 100 * upper / cased})}
}

func (c caps) value(r *Reading, _ *History) string {
	upper, cased := r.View.Caps()
	if cased < fewestLetters {
		return "only " + counted(cased, "letter") + " with a case"
	}
	return fmt.Sprintf("%d%% capitals", 100*upper/cased)
}
