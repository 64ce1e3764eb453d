package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
)

// With is the same rules with other modes for those named, whatever the file says. Names that no rule has do nothing.
func (rs *Ruleset) With(modes map[string]Mode) *Ruleset {
	out := *rs
	out.rules = slices.Clone(rs.rules)
	for i, r := range out.rules {
		if mode, chosen := modes[r.name]; chosen {
			changed := *r
			changed.mode = mode
			out.rules[i] = &changed
		}
	}
	return &out
}

// fingerprint names what the file says of a rule, its mode included, wherever that is said: equal for blocks that say
// the same.
func (r *rule) fingerprint() string {
	h := sha256.New()
	r.at.Fingerprint(h)
	fmt.Fprint(h, r.mode)
	return hex.EncodeToString(h.Sum(nil)[:8])
}
