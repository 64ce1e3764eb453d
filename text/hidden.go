package text

import (
	"bytes"
	"regexp"
)

// hiddenInvite is an invitation to Discord written so that programs miss it: "discord .gg/abc", "discord(dot)gg/abc".
var hiddenInvite = regexp.MustCompile(`discord(\s*[\[({<]?\s*(?:\.|,|dot|point)?\s*[\])}>]?\s*)gg\s*[/\\]\s*([a-z0-9-]{2,32})`)

// HiddenInvites gives the invitations that people can read and that no client makes a link of. They are none of Invites.
func (v *View) HiddenInvites() []Invite {
	var out []Invite
	for i := range v.written {
		f := &v.fields[i]
		f.read()
		if !bytes.Contains(f.norm.b, []byte("discord")) {
			continue
		}
		for _, m := range hiddenInvite.FindAllSubmatchIndex(f.norm.b, -1) {
			if string(f.norm.b[m[2]:m[3]]) == "." {
				continue // a link
			}
			start, end := f.norm.origin(f.raw, m[4], m[5])
			code := f.raw[start:end]
			start, end = f.norm.origin(f.raw, m[0], m[1])
			out = append(out, Invite{"discord", code, Span{start, end, i}})
		}
	}
	return out
}
