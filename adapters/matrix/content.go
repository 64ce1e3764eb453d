package matrix

import (
	"maps"
	"slices"
	"strings"

	"palabre/chat"
)

// locationOf is what clients write beside a place on the map.
func locationOf(c object) string {
	for _, name := range []string{"m.location", "org.matrix.msc3488.location"} {
		if words := c.obj(name).str("description"); words != "" {
			return words
		}
	}
	return ""
}

// maxMentions is how many pinged members of one message are kept: far more than any rule allows.
const maxMentions = 100

// saying is the content of a message with what only its translation needs.
type saying struct {
	chat.Content
	typed string // what the author typed, members by their ids: where commands are looked for
}

// sayingOf reads a message's content: body, formatted body, mentions, file, reply. It never fails; what is
// of the wrong type is not there. With quoted it may begin with a quotation although it does not say what it answers.
func sayingOf(eventType string, c object, quoted bool) saying {
	replyTo, answers := replyOf(c)
	quoted = quoted || answers
	s := saying{}
	s.Notice = c.str("msgtype") == "m.notice"
	s.ReplyTo = replyTo
	s.Text = c.str("body")
	if quoted {
		s.Text = withoutFallback(s.Text)
	}
	s.typed = s.Text
	if place := locationOf(c); place != "" && !strings.Contains(s.Text, place) {
		s.Text = strings.TrimPrefix(s.Text+"\n"+place, "\n")
	}
	attach(&s, eventType, c)
	formatted := format(&s, c, quoted)
	mention(&s, c, formatted.pills)
	return s
}

// star is what clients put before an edited text, for programs that know no edits.
const star = "* "

// revisionOf reads what an edit says: its new content, which does not repeat what the message answers, and what it says
// beside that. Notifications, bridges and old clients show the outer text, and the outer mentions are those that ring.
func revisionOf(ev wireEvent, original fact) saying {
	if isPoll(ev.Type) {
		return saying{Content: pollOf(ev.Content)}
	}
	inner := ev.Content.obj("m.new_content")
	if inner == nil {
		return sayingOf(ev.Type, ev.Content, original.quotes)
	}
	s := sayingOf(ev.Type, inner, original.quotes)
	if s.ReplyTo == "" {
		s.ReplyTo = original.replyTo
	}
	s.add(sayingOf(ev.Type, unstarred(ev.Content), original.quotes))
	return s
}

// unstarred is the outer content of an edit as a message of its own.
func unstarred(c object) object {
	out := object{}
	maps.Copy(out, c)
	delete(out, "m.relates_to")
	for _, key := range []string{"body", "formatted_body"} {
		out[key] = strings.TrimPrefix(c.str(key), star)
	}
	return out
}

// add takes what an edit says and rings for beside its new content.
func (s *saying) add(outer saying) {
	for _, text := range []string{outer.Text, outer.Formatted} {
		text = tidy(strings.TrimPrefix(text, star)) // a quotation may stand before the star
		if text != "" && text != tidy(s.Text) && text != s.Formatted {
			s.Text += "\n" + text
		}
	}
	for _, link := range outer.Links {
		if !slices.Contains(s.Links, link) {
			s.Links = append(s.Links, link)
		}
	}
	for _, m := range outer.Mentions {
		if !slices.Contains(s.Mentions, m) {
			s.Mentions = append(s.Mentions, m)
		}
	}
	s.MentionsAll = s.MentionsAll || outer.MentionsAll
}

// replyOf gives the message answered, and whether the content may quote it. In a thread, the reply that
// old clients need is not one that the author made.
func replyOf(c object) (id string, quoted bool) {
	relates := c.obj("m.relates_to")
	id = relates.obj("m.in_reply_to").str("event_id")
	if falling, _ := relates["is_falling_back"].(bool); falling && relates.str("rel_type") == "m.thread" {
		return "", id != ""
	}
	return id, id != ""
}

// withoutFallback drops the quoted lines that old clients put before an answer.
func withoutFallback(body string) string {
	if !strings.HasPrefix(body, "> ") {
		return body
	}
	rest := body
	for strings.HasPrefix(rest, "> ") || rest == ">" || strings.HasPrefix(rest, ">\n") {
		_, after, more := strings.Cut(rest, "\n")
		if !more {
			return body // nothing but a quotation: the author's own words
		}
		rest = after
	}
	return strings.TrimPrefix(rest, "\n")
}

func format(s *saying, c object, quoted bool) flat {
	if c.str("format") != "org.matrix.custom.html" {
		return flat{}
	}
	f := flatten(c.str("formatted_body"), quoted)
	if f.text != tidy(s.Text) {
		s.Formatted = f.text
	}
	s.Links = f.links
	if len(f.pills) > 0 {
		s.typed = f.typed
	}
	return f
}

// mention notes who is pinged: m.mentions where the sender's client wrote it, else the members that the
// formatted text links to, as clients without it do.
func mention(s *saying, c object, pills []string) {
	names := pills
	if m, ok := c["m.mentions"]; ok && m != nil {
		mentions := c.obj("m.mentions")
		names = mentions.strings("user_ids", maxMentions)
		s.MentionsAll, _ = mentions["room"].(bool)
	} else {
		s.MentionsAll = strings.Contains(s.Text, "@room")
	}
	seen := map[string]bool{}
	for _, name := range names {
		if isUser(name) && !seen[name] && len(s.Mentions) < maxMentions {
			seen[name] = true
			s.Mentions = append(s.Mentions, memberRef(name))
		}
	}
}

// files are the message types that carry one.
var files = map[string]bool{"m.image": true, "m.file": true, "m.audio": true, "m.video": true}

// attach moves a file out of the text: without a filename of its own, the body is the file's name and not
// something said.
func attach(s *saying, eventType string, c object) {
	sticker := eventType == "m.sticker"
	if !sticker && !files[c.str("msgtype")] {
		return
	}
	info := c.obj("info")
	size, _ := info.num("size")
	name := c.str("filename")
	file := chat.Attachment{Name: name, MIME: info.str("mimetype"), Size: max(0, size)}
	switch {
	case sticker:
		file.Name, file.Alt, file.Sticker = "sticker", s.Text, true
		s.Text = ""
	case name == "" || name == s.Text:
		file.Name = s.Text
		s.Text = ""
	}
	_, file.Voice = c["org.matrix.msc3245.voice"]
	s.Attachments = append(s.Attachments, file)
}

func memberRef(user string) chat.MemberRef {
	return chat.MemberRef{Platform: chat.Matrix, ID: user}
}
