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
	of    trait
	what  string // of its reason's key and of the explanation
}

func parseMeasure(v yamlsrc.Value, example string, m measure) (condition, bool) {
	limit, ok := number(v, example, "", mostMeasured)
	m.limit = limit
	return m, ok
}

func parseLength(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, ">= 20", measure{what: "length", of: traitLength})
}

func parseLines(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 30", measure{what: "lines", of: traitLines})
}

func parseEmptyLines(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 3", measure{what: "empty_lines", of: traitEmptyLines})
}

func parseEmoji(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 15", measure{what: "emoji", of: traitEmoji})
}

func parseAttachments(_ *parser, v yamlsrc.Value) (condition, bool) {
	return parseMeasure(v, "> 5", measure{what: "attachments", of: traitFiles})
}

func (c measure) grounds() grounds {
	if least := c.limit.least(); least > 0 {
		return onTrait(c.of, least)
	}
	return grounds{}
}

func (c measure) count(r *Reading) int { return traits[c.of](r) }

func (c measure) match(r *Reading, _ *History) bool { return c.limit.holds(int64(c.count(r))) }

func (c measure) reason(r *Reading, _ *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason."+c.what, chat.Args{"count": c.count(r)})}
}

func (c measure) value(r *Reading, _ *History) string {
	return fmt.Sprintf("%s %d", c.what, c.count(r))
}
