package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
	"palabre/rules"
)

func (s *story) show(d rules.Decision, ev *chat.Event) {
	clock := ev.At.Format("15:04:05")
	for _, v := range d.Verdicts {
		joined := ""
		if v.Joined {
			joined = " (joins)"
		}
		fmt.Fprintf(&s.out, "%s @%s %s %s%s: %s\n", clock, ev.Actor.ID, v.Mode, v.Rule, joined, reasons(v.Reasons))
		for _, a := range v.Would {
			s.line("would ", a, ev)
		}
	}
	for _, a := range d.Actions {
		s.line("", a, ev)
	}
	for _, ref := range d.Unresolved {
		fmt.Fprintf(&s.out, "%s @%s waits to hear where %s leads\n", clock, ev.Actor.ID, ref.Code)
	}
	if d.Asked != nil {
		s.ask(d.Asked, ev)
	}
}

func (s *story) ask(q *rules.Asked, ev *chat.Event) {
	about := "a question"
	if q.Joined {
		about = "more for the question"
	}
	fmt.Fprintf(&s.out, "    %s about %s:\n", about, q.Rule)
	for _, a := range q.Actions {
		s.line("if they agree, ", a, ev)
	}
}

func (s *story) line(prefix string, a chat.Action, ev *chat.Event) {
	if text := describeAction(a, ev); text != "" {
		fmt.Fprintf(&s.out, "    %s%s\n", prefix, text)
	}
}

func describeAction(a chat.Action, ev *chat.Event) string {
	until := func(t time.Time) string {
		if t.IsZero() {
			return "for ever"
		}
		return human.Format(t.Sub(ev.At))
	}
	switch a := a.(type) {
	case chat.OpenCase:
		for _, r := range a.Reasons {
			if r.Code == "ladder" {
				return "because of " + phrase(r.Say)
			}
		}
		return ""
	case chat.Delete:
		return "delete #" + a.Message.ID
	case chat.Send:
		where := a.Room.ID
		if where == "" {
			where = a.Logical
		}
		return fmt.Sprintf("%s in #%s: %s", a.As, where, phrase(a.Say))
	case chat.Strike:
		return fmt.Sprintf("strike %d", a.Points)
	case chat.Timeout:
		return "timeout " + until(a.Until)
	case chat.Kick:
		return "kick"
	case chat.Ban:
		if a.DeleteFor > 0 {
			return "ban " + until(a.Until) + ", and the last " + human.Format(a.DeleteFor) + " deleted"
		}
		return "ban " + until(a.Until)
	case chat.GiveRole:
		return "give role " + a.Role + " " + until(a.Until)
	case chat.TakeRole:
		return "take role " + a.Role
	case chat.ResetName:
		return strings.TrimSpace("reset name " + a.To)
	case chat.React:
		return "react " + a.Emoji + " #" + a.Message.ID
	case chat.Slowmode:
		return "slowmode #" + a.Logical + " " + human.Format(a.Every) + " " + until(a.Until)
	case chat.Lock:
		return "lock #" + a.Logical + " " + until(a.Until)
	case chat.RaidMode:
		if !a.On {
			return "raid mode off"
		}
		return "raid mode " + until(a.Until)
	case chat.StartThread:
		return "open thread in #" + a.Logical + ": " + phrase(a.TitleSay) + ": " + phrase(a.Say)
	}
	return fmt.Sprintf("unexpected %T", a)
}

func reasons(rs []chat.Reason) string {
	out := make([]string, len(rs))
	for i, r := range rs {
		out[i] = phrase(r.Say)
		if r.Excerpt != "" {
			out[i] += " “" + r.Excerpt + "”"
		}
	}
	return strings.Join(out, "; ")
}

// phrase shows a catalogue key with its arguments, or words in English.
func phrase(p chat.Phrase) string {
	if p.Key == "" {
		return p.Words.In("en")
	}
	var args []string
	for name, a := range p.Args {
		switch a := a.(type) {
		case chat.Phrase:
			args = append(args, name+"="+phrase(a))
		case time.Duration:
			args = append(args, name+"="+human.Format(a))
		case chat.Mention:
			args = append(args, fmt.Sprintf("%s=@%s", name, a.Name))
		case chat.RoomName:
			args = append(args, name+"=#"+a.Name)
		default:
			args = append(args, fmt.Sprintf("%s=%v", name, a))
		}
	}
	if len(args) == 0 {
		return p.Key
	}
	slices.Sort(args)
	return p.Key + "(" + strings.Join(args, ", ") + ")"
}
