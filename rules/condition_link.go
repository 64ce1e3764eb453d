package rules

import (
	"errors"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type link struct {
	is     string          // any, lookalike, mismatch, ip
	domain *text.DomainSet // one of these hosts; nil: any
	allow  *text.DomainSet // none of these hosts
	inCode bool            // what stands in code counts too
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
func hosts(v yamlsrc.Value) (*text.DomainSet, bool) {
	entries, ok := v.OneOrMany(), true
	var list []string
	var listed []yamlsrc.Value
	for _, e := range entries {
		s, good := e.Text()
		ok = ok && good
		if good {
			list, listed = append(list, s), append(listed, e)
		}
	}
	if len(entries) == 0 {
		v.Errorf("name at least one host", "the list of hosts is empty")
		return nil, false
	}
	set, err := text.NewDomainSet(list)
	var wrong text.Mistakes
	errors.As(err, &wrong)
	for _, w := range wrong {
		listed[w.Line-1].Errorf("write only the host, such as example.org: its subdomains belong to it", "%v", w.Err)
	}
	return set, ok && err == nil
}

func (c link) holds(l *text.Link) bool {
	switch {
	case l.InCode && !c.inCode:
		return false
	case c.is == "lookalike" && !l.Lookalike, c.is == "mismatch" && !l.Mismatch, c.is == "ip" && !l.IP:
		return false
	case c.domain != nil && !c.domain.Has(l.Host):
		return false
	}
	return c.allow == nil || !c.allow.Has(l.Host)
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

func (c link) grounds() grounds { return grounds{link: true} }

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
