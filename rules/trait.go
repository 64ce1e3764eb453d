package rules

// trait is a number that is read from a message at most once for all rules that rest on it.
type trait uint8

const (
	traitLinks trait = iota
	traitOddLinks
	traitInvites
	traitMentions
	traitEmoji
	traitLines
	traitEmptyLines
	traitLength
	traitFiles
	traitOddities
)

// traits tells how each trait is read.
var traits = [...]func(*Reading) int{
	traitLinks:      func(r *Reading) int { return len(r.View.Links()) },
	traitOddLinks:   oddLinks,
	traitInvites:    func(r *Reading) int { return len(r.View.Invites()) },
	traitMentions:   func(r *Reading) int { return r.View.Mentions().Total },
	traitEmoji:      func(r *Reading) int { return r.View.Emoji() },
	traitLines:      func(r *Reading) int { return r.View.Lines() },
	traitEmptyLines: func(r *Reading) int { return r.View.EmptyLines() },
	traitLength:     func(r *Reading) int { return r.View.Length() },
	traitFiles:      func(r *Reading) int { return r.Fact.Attachments },
	traitOddities:   func(r *Reading) int { return int(r.View.Oddities()) },
}

// grounds is what a message must have for a condition to hold: one of the targets of the search, or as much of one of the traits.
type grounds struct {
	targets []int
	traits  []atLeast
}

// atLeast is so much of a trait, at least 1.
type atLeast struct {
	trait trait
	least int64
}

// grounded is a condition that holds only for messages that have something.
type grounded interface{ grounds() grounds }

func onTarget(target int) grounds { return grounds{targets: []int{target}} }

func onTrait(t trait, least int64) grounds { return grounds{traits: []atLeast{{t, least}}} }

func (g grounds) none() bool { return len(g.targets)+len(g.traits) == 0 }

// or is what a message has when it has either.
func (g grounds) or(other grounds) grounds {
	if g.none() || other.none() {
		return grounds{}
	}
	return grounds{append(g.targets, other.targets...), append(g.traits, other.traits...)}
}

// grounds gives what a message must have for the node to hold: none when it may hold for any.
func (n *node) grounds() grounds {
	if n == nil {
		return grounds{}
	}
	switch n.op {
	case leaf:
		if c, ok := n.cond.(grounded); ok {
			return c.grounds()
		}
	case allOf:
		for _, k := range n.kids {
			if g := k.grounds(); !g.none() {
				return g
			}
		}
	case anyOf:
		g := n.kids[0].grounds()
		for _, k := range n.kids[1:] {
			g = g.or(k.grounds())
		}
		return g
	}
	return grounds{}
}
