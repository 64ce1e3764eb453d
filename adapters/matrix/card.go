package matrix

import (
	"fmt"
	"strings"

	"palabre/chat"
)

// cardField is where a message of ours keeps its card, so that a press is understood after any restart.
const cardField = "fr.palabre.card"

// maxChoices bounds what is read back from a message.
const maxChoices = 20

// card is what a message must remember of a chat.Card.
type card struct {
	Key     string   `json:"key"`
	Choices []choice `json:"choices"`
}

type choice struct {
	ID    string `json:"id"`
	Emoji string `json:"emoji"`
}

// newCard gives every choice a reaction of its own: a keycap where the card names none.
func newCard(c chat.Card) card {
	out := card{Key: c.Key}
	for i, ch := range c.Choices {
		out.Choices = append(out.Choices, choice{ID: ch.ID, Emoji: emojiOf(ch, i)})
	}
	return out
}

func emojiOf(ch chat.Choice, i int) string {
	if ch.Emoji != "" {
		return ch.Emoji
	}
	if i < 9 {
		return fmt.Sprintf("%d\ufe0f\u20e3", i+1)
	}
	return string(rune('🅰' + i - 9))
}

// cardOf reads the card back from a message's content, nil when there is none.
func cardOf(c object) *card {
	o := c.obj(cardField)
	if o.str("key") == "" {
		return nil
	}
	out := card{Key: o.str("key")}
	for _, v := range o.list("choices") {
		m, _ := v.(map[string]any)
		if ch := object(m); ch.str("id") != "" && len(out.Choices) < maxChoices {
			out.Choices = append(out.Choices, choice{ID: ch.str("id"), Emoji: ch.str("emoji")})
		}
	}
	return &out
}

// byEmoji is the choice that a reaction presses. Clients differ in the variation selector that makes a
// character an emoji, so it does not count.
func (c *card) byEmoji(emoji string) string {
	for _, ch := range c.Choices {
		if bare(ch.Emoji) == bare(emoji) && bare(emoji) != "" {
			return ch.ID
		}
	}
	return ""
}

func bare(emoji string) string { return strings.ReplaceAll(emoji, "\ufe0f", "") }

// byNumber is the choice of a line's number, counted from 1.
func (c *card) byNumber(n int) string {
	if n < 1 || n > len(c.Choices) {
		return ""
	}
	return c.Choices[n-1].ID
}
