package replay

import (
	"fmt"

	"palabre/chat"
)

// notes says what the past does not tell, and what therefore may be otherwise than it was.
func (p printer) notes() {
	notes := p.rep.notes()
	if len(notes) > 0 {
		fmt.Fprintln(p.out)
		p.line(0, "replay.notes", nil)
	}
	for _, n := range notes {
		p.text(1, "- "+p.say(n))
	}
	s := p.rep.Survey
	if s.Skipped == 0 {
		return
	}
	p.text(1, "- "+p.say(count("replay.note.skipped", s.Skipped)))
	for _, m := range s.Mistakes {
		p.text(0, harmlessLines(m))
	}
	if s.Skipped > len(s.Mistakes) {
		p.line(1, "replay.note.skipped.more", chat.Args{"shown": len(s.Mistakes)})
	}
}

// note is a sentence that is said when its count is not zero.
type note struct {
	key   string
	count int
}

func (r *Report) notes() []chat.Phrase {
	if r.Events == 0 {
		return nil
	}
	s, first := r.Survey, r.Sides[0]
	var out []chat.Phrase
	for _, n := range []note{
		{"replay.note.clean", one(!s.Records)},
		{"replay.note.deleted", one(!s.Records)},
		{"replay.note.prevented", first.Prevented},
		{"replay.note.held", first.Held},
		{"replay.note.failed", first.Failed},
		{"replay.note.edited", s.Edited},
		{"replay.note.withdrawn", s.Withdrawn},
		{"replay.note.reactions", s.Reactions},
		{"replay.note.formatted", s.Formatted},
		{"replay.note.joins", s.Joins},
		{"replay.note.nojoins", one(s.Joins == 0 && !s.Records)},
		{"replay.note.invites", one(s.Invites)},
		{"replay.note.ages", one(!s.Ages)},
		{"replay.note.roles", s.Staff * one(!s.Standings)},
		{"replay.note.nostaff", one(s.Staff == 0)},
		{"replay.note.repeated", s.Repeated},
		{"replay.note.disorder", s.Disorder},
	} {
		if n.count > 0 {
			out = append(out, count(n.key, n.count))
		}
	}
	return out
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
