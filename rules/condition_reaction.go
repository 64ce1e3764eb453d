package rules

import (
	"slices"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// reaction holds when one of some emoji is put under a message.
type reaction []string

func parseReaction(_ *parser, v yamlsrc.Value) (condition, bool) {
	emoji, ok := texts(v, "emoji")
	for i := range emoji {
		emoji[i] = plainEmoji(emoji[i])
		if emoji[i] == "any" || emoji[i] == "all" || emoji[i] == "*" {
			v.OneOrMany()[i].Errorf(`name the emoji, such as "🖕"; rate: "> 10 reactions in 1m" counts all of them`, "%q is no emoji", emoji[i])
			ok = false
		}
	}
	return reaction(emoji), ok
}

// plainEmoji is an emoji without the sign that asks for its coloured picture: platforms send it with and without.
func plainEmoji(s string) string { return strings.ReplaceAll(s, "\ufe0f", "") }

func (c reaction) match(r *Reading, _ *History) bool {
	b, ok := r.Event.Body.(chat.ReactionAdded)
	return ok && slices.Contains(c, plainEmoji(b.Emoji))
}

func (c reaction) reason(r *Reading, past *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.reaction", chat.Args{"emoji": c.value(r, past)})}
}

func (c reaction) value(r *Reading, _ *History) string {
	b, _ := r.Event.Body.(chat.ReactionAdded)
	return b.Emoji
}
