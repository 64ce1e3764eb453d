package rules

import (
	"slices"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// kindOf holds when the message is of one of some kinds.
type kindOf []messageKind

// messageKind is a kind of message, and what makes a message one.
type messageKind struct {
	name string
	is   func(*chat.Event, *chat.Content) bool
}

var messageKinds = []messageKind{
	{"sticker", func(_ *chat.Event, c *chat.Content) bool {
		return slices.ContainsFunc(c.Attachments, func(a chat.Attachment) bool { return a.Sticker })
	}},
	{"voice", func(_ *chat.Event, c *chat.Content) bool {
		return slices.ContainsFunc(c.Attachments, func(a chat.Attachment) bool { return a.Voice })
	}},
	{"poll", func(_ *chat.Event, c *chat.Content) bool { return c.Poll }},
	{"forward", func(_ *chat.Event, c *chat.Content) bool { return c.Forwarded }},
	{"reply", func(_ *chat.Event, c *chat.Content) bool { return c.ReplyTo != "" }},
	{"in_thread", func(ev *chat.Event, _ *chat.Content) bool { return ev.Room.Thread != "" }},
	{"file", func(_ *chat.Event, c *chat.Content) bool { return len(c.Attachments) > 0 }},
	{"image_only", func(_ *chat.Event, c *chat.Content) bool {
		return slices.ContainsFunc(c.Attachments, isImage) && strings.TrimSpace(c.Text) == "" && strings.TrimSpace(c.Formatted) == ""
	}},
}

func messageKindNames() []string {
	out := make([]string, len(messageKinds))
	for i, k := range messageKinds {
		out[i] = k.name
	}
	return out
}

func parseKind(_ *parser, v yamlsrc.Value) (condition, bool) {
	names := messageKindNames()
	var c kindOf
	ok := true
	for _, e := range v.OneOrMany() {
		name, good := e.Enum("kind of message", names...)
		if ok = ok && good; good {
			c = append(c, messageKinds[slices.Index(names, name)])
		}
	}
	if len(v.OneOrMany()) == 0 {
		v.Errorf("known here: "+strings.Join(names, ", "), "the list of kinds is empty")
		return nil, false
	}
	return c, ok
}

func (c kindOf) find(r *Reading) string {
	content := r.said()
	if content == nil {
		return ""
	}
	for _, k := range c {
		if k.is(r.Event, content) {
			return k.name
		}
	}
	return ""
}

// said is what the event's message says; nil when it is none.
func (r *Reading) said() *chat.Content {
	if r.View == nil {
		return nil
	}
	return r.View.Content()
}

func (c kindOf) match(r *Reading, _ *History) bool { return c.find(r) != "" }

func (c kindOf) reason(r *Reading, _ *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.kind."+c.find(r), nil)}
}

func (c kindOf) value(r *Reading, _ *History) string {
	if name := c.find(r); name != "" {
		return name
	}
	return "none of these kinds"
}
