package discordtest

import (
	"strings"
	"time"
	"unicode/utf8"
)

// draft is the body of a message to be.
type draft struct {
	Content     string    `json:"content"`
	Embeds      []object  `json:"embeds"`
	Components  []object  `json:"components"`
	Attachments []object  `json:"attachments"`
	Stickers    []string  `json:"sticker_ids"`
	Poll        object    `json:"poll"`
	Allowed     *allowed  `json:"allowed_mentions"`
	Reference   *pointer  `json:"message_reference"`
	Nonce       any       `json:"nonce"`
	Enforce     bool      `json:"enforce_nonce"`
	Flags       int       `json:"flags"`
	files       []object  // what came in other parts of the form
	forwarded   []object  // what the server copied
	items       []object  // stickers
	webhook     string    // of the integration that speaks
	metadata    object    // of the interaction that it answers
	kind        int       // when not the usual
	private     string    // who alone sees it
	alias       *user     // the name under which a webhook speaks
	at          time.Time // when it was said; zero: now
	edited      time.Time // when it was changed last
}

type pointer struct {
	Type    int    `json:"type"`
	Message string `json:"message_id"`
	Channel string `json:"channel_id"`
	Guild   string `json:"guild_id"`
	Must    *bool  `json:"fail_if_not_exists"`
}

func (d *draft) empty() bool {
	return strings.TrimSpace(d.Content) == "" && len(d.Embeds)+len(d.Components)+len(d.files)+len(d.Stickers)+len(d.items)+len(d.forwarded) == 0 &&
		d.Poll == nil && (d.Reference == nil || d.Reference.Type != 1)
}

// wrong tells what in a body Discord does not take.
func (d *draft) wrong() *problem {
	if d.Flags&flagComponents != 0 && (d.Content != "" || len(d.Embeds) > 0) {
		return malformed("content", "The 'content' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
	}
	if nonce, ok := d.Nonce.(string); ok && len(nonce) > nonceAtMost {
		return malformed("nonce", "Must be 25 or fewer in length.")
	}
	if n := utf8.RuneCountInString(d.Content); n > contentAtMost {
		return malformed("content", "Must be 2000 or fewer in length.")
	}
	if why := d.Allowed.wrong(); why != "" {
		return malformed("allowed_mentions", why)
	}
	if problem := wrongEmbeds(d.Embeds); problem != nil {
		return problem
	}
	return wrongComponents(d.Components, d.Flags&flagComponents != 0)
}

func wrongEmbeds(embeds []object) *problem {
	if len(embeds) > embedsAtMost {
		return malformed("embeds", "Must be 10 or fewer in length.")
	}
	letters := 0
	for _, e := range embeds {
		title, _ := e["title"].(string)
		text, _ := e["description"].(string)
		if utf8.RuneCountInString(title) > 256 || utf8.RuneCountInString(text) > 4096 {
			return malformed("embeds", "Must be 4096 or fewer in length.")
		}
		letters += utf8.RuneCountInString(title) + utf8.RuneCountInString(text)
		fields, _ := e["fields"].([]any)
		if len(fields) > 25 {
			return malformed("embeds", "Must be 25 or fewer in length.")
		}
		for _, f := range fields {
			field, _ := f.(object)
			name, _ := field["name"].(string)
			value, _ := field["value"].(string)
			if name == "" || value == "" {
				return malformed("embeds", "This field is required")
			}
			letters += utf8.RuneCountInString(name) + utf8.RuneCountInString(value)
		}
	}
	if letters > embedLetters {
		return malformed("embeds", "Embed size exceeds maximum size of 6000")
	}
	return nil
}

// wrongComponents looks at the rows of buttons and menus: five rows of five, ids of 1 to 100 that differ.
func wrongComponents(rows []object, second bool) *problem {
	if !second && len(rows) > 5 {
		return malformed("components", "Must be 5 or fewer in length.")
	}
	seen := map[string]bool{}
	for _, row := range rows {
		if kind, _ := row["type"].(float64); kind != 1 {
			if second {
				continue
			}
			return malformed("components", "Value of field \"type\" must be one of (1,).")
		}
		inner, _ := row["components"].([]any)
		if len(inner) == 0 || len(inner) > 5 {
			return malformed("components", "Must be between 1 and 5 in length.")
		}
		for _, i := range inner {
			c, _ := i.(object)
			id, has := c["custom_id"].(string)
			if n := utf8.RuneCountInString(id); has && (n == 0 || n > 100) {
				return malformed("components", "Must be between 1 and 100 in length.")
			}
			if has && seen[id] {
				return malformed("components", "Component custom id cannot be duplicated")
			}
			seen[id] = true
		}
	}
	return nil
}

func nonceOf(d *draft) string {
	nonce, _ := d.Nonce.(string)
	return nonce
}
