package rules

import (
	"regexp"
	"slices"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// automod holds when the platform's own filter met the message, by any of its rules or by one of some.
type automod struct{ rules []string }

func parseAutomod(_ *parser, v yamlsrc.Value) (condition, bool) {
	if v.Kind() == "yes or no" {
		return automod{}, yes(v, "automod")
	}
	ids, ok := texts(v, "rule")
	for i, id := range ids {
		if ok && !ruleID.MatchString(id) {
			v.OneOrMany()[i].Errorf("write automod: true for any of its rules; an id is digits, in quotes", "%q is not the id of a rule", id)
			ok = false
		}
	}
	return automod{ids}, ok
}

// ruleID is how a platform numbers the rules of its filter.
var ruleID = regexp.MustCompile(`^[0-9]{1,20}$`)

func (c automod) match(r *Reading, _ *History) bool {
	b, ok := r.Event.Body.(chat.MessageBlocked)
	return ok && (c.rules == nil || slices.Contains(c.rules, b.Rule))
}

func (c automod) reason(r *Reading, _ *History) chat.Reason {
	b, _ := r.Event.Body.(chat.MessageBlocked)
	return chat.Reason{Say: chat.Say("reason.automod", chat.Args{"rule": b.Rule}), Excerpt: b.Matched}
}

func (c automod) value(r *Reading, _ *History) string {
	b, _ := r.Event.Body.(chat.MessageBlocked)
	return b.Rule
}
