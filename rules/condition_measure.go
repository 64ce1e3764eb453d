package rules

import (
	"fmt"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// mostMeasured is far above the size of any message.
const mostMeasured = 1 << 24

// measure compares one number that the message has: characters, lines, emoji, files.
type measure struct {
	limit compare
	of    func(*Reading) int
	what  string // of its reason's key and of the explanation
}

func parseMeasure(v yamlsrc.Value, example string, m measure) (condition, bool) {
	limit, ok := number(v, example, "", mostMeasured)
	m.limit = limit
	return m, ok
}

func parseLength(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, ">= 20", measure{what: "length", of: func(r *Reading) int { return r.View.Length() }})
}

func parseLines(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 30", measure{what: "lines", of: func(r *Reading) int { return r.View.Lines() }})
}

func parseEmptyLines(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 3", measure{what: "empty_lines", of: func(r *Reading) int { return r.View.EmptyLines() }})
}

func parseEmoji(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 15", measure{what: "emoji", of: func(r *Reading) int { return r.View.Emoji() }})
}

func parseAttachments(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 5", measure{what: "attachments", of: func(r *Reading) int { return r.Fact.Attachments }})
}

func (c measure) match(r *Reading, _ *History) bool { return c.limit.holds(int64(c.of(r))) }

func (c measure) reason(r *Reading, _ *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason."+c.what, chat.Args{"count": c.of(r)})}
}

func (c measure) value(r *Reading, _ *History) string { return fmt.Sprintf("%s %d", c.what, c.of(r)) }
