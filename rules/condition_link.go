package rules

import (
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type link struct {
	is     string   // any, lookalike, mismatch, ip
	domain []string // one of these hosts
	allow  []string // none of these hosts
	inCode bool     // what stands in code counts too
}

var linkKinds = []string{"any", "lookalike", "mismatch", "ip"}

func parseLink(_ *parser, v yamlsrc.Value) (condition, bool) {
	c := link{is: "any", inCode: true}
	if v.Kind() != "map" {
		is, ok := v.Enum("kind of link", linkKinds...)
		c.is = is
		return c, ok
	}
	m, ok := v.Map("is", "domain", "allow", "in_code")
	if !ok {
		return nil, false
	}
	for _, f := range m.Fields() {
		good := false
		switch f.Name {
		case "is":
			c.is, good = f.Value.Enum("kind of link", linkKinds...)
		case "domain":
			c.domain, good = hosts(f.Value)
		case "allow":
			c.allow, good = hosts(f.Value)
		case "in_code":
			c.inCode, good = f.Value.Bool()
		}
		ok = ok && good
	}
	if len(m.Fields()) == 0 {
		v.Errorf("write link: any", "which links is missing")
		return nil, false
	}
	return c, ok
}

// hosts reads names of hosts, without scheme, port and path.
func hosts(v yamlsrc.Value) ([]string, bool) {
	entries, ok := v.OneOrMany(), true
	out := make([]string, 0, len(entries))
	for _, e := range entries {
		s, good := e.Text()
		s = strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(s), "www."), ".")
		if good && (strings.ContainsAny(s, "/:@*? ") || !strings.Contains(s, ".") || strings.HasPrefix(s, ".")) {
			e.Errorf("write only the host, such as example.org: its subdomains belong to it", "%q is not the name of a host", e.Raw())
			good = false
		}
		ok = ok && good
		out = append(out, s)
	}
	if len(out) == 0 {
		v.Errorf("name at least one host", "the list of hosts is empty")
		return nil, false
	}
	return out, ok
}

// under tells whether a host is one of a list, or a subdomain of one.
func under(host string, list []string) bool {
	for _, d := range list {
		if rest, ok := strings.CutSuffix(host, d); ok && (rest == "" || rest[len(rest)-1] == '.') {
			return true
		}
	}
	return false
}

func (c link) holds(l *text.Link) bool {
	switch {
	case l.InCode && !c.inCode:
		return false
	case c.is == "lookalike" && !l.Lookalike, c.is == "mismatch" && !l.Mismatch, c.is == "ip" && !l.IP:
		return false
	case c.domain != nil && !under(l.Host, c.domain):
		return false
	}
	return c.allow == nil || !under(l.Host, c.allow)
}

func (c link) find(r *Reading) *text.Link {
	links := r.View.Links()
	for i := range links {
		if c.holds(&links[i]) {
			return &links[i]
		}
	}
	return nil
}

func (c link) match(r *Reading, _ *History) bool { return c.find(r) != nil }

func (c link) reason(r *Reading, _ *History) chat.Reason {
	l := c.find(r)
	key := "reason.link"
	if c.is != "any" {
		key += "." + c.is
	}
	where := l.Host
	if where == "" {
		where = l.Scheme + ":"
	}
	return chat.Reason{Say: chat.Say(key, chat.Args{"host": where}), Excerpt: r.View.Original(l.Span)}
}

func (c link) value(r *Reading, _ *History) string {
	if l := c.find(r); l != nil {
		return "link to " + l.Host
	}
	return counted(len(r.View.Links()), "link") + ", none of this kind"
}
