package rules

import (
	"bytes"
	"slices"
	"strings"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/text"
)

type link struct {
	is     []string // one of these kinds
	domain hosts    // one of these hosts; nil: any
	allow  hosts    // none of these hosts
	inCode bool     // what stands in code counts too
}

// linkKind is a kind of links, and what makes a link one.
type linkKind struct {
	name string
	is   func(*text.Link) bool
}

var linkKinds = []linkKind{
	{"any", func(*text.Link) bool { return true }},
	{"lookalike", func(l *text.Link) bool { return l.Lookalike }},
	{"mismatch", func(l *text.Link) bool { return l.Mismatch }},
	{"masked", func(l *text.Link) bool { return l.Label != "" }},
	{"ip", func(l *text.Link) bool { return l.IP }},
	{"punycode", func(l *text.Link) bool { return strings.HasPrefix(l.Host, "xn--") || strings.Contains(l.Host, ".xn--") }},
	{"shortener", func(l *text.Link) bool { return shorteners.Has(l.Host) }},
	{"scheme", func(l *text.Link) bool { return l.Scheme != "" && l.Scheme != "http" && l.Scheme != "https" }},
	{"bare", nil}, // of View.BareDomains
}

// shorteners are hosts whose addresses lead elsewhere.
var shorteners = mustHosts("bit.ly", "bitly.com", "tinyurl.com", "t.co", "goo.gl", "is.gd", "v.gd", "ow.ly", "buff.ly",
	"cutt.ly", "rebrand.ly", "shorturl.at", "t.ly", "tiny.cc", "s.id", "rb.gy", "bl.ink", "adf.ly", "shorte.st", "ouo.io",
	"linktr.ee", "lnkd.in", "soo.gd", "clck.ru", "u.to", "x.gd", "urlz.fr", "kutt.it", "dub.sh", "short.gy")

func mustHosts(names ...string) *text.DomainSet {
	set, err := text.NewDomainSet(names)
	if err != nil {
		panic(err) // the list stands above
	}
	return set
}

func linkKindNames() []string {
	out := make([]string, len(linkKinds))
	for i, k := range linkKinds {
		out[i] = k.name
	}
	return out
}

func parseLink(p *parser, v yamlsrc.Value) (condition, bool) {
	c := link{inCode: true}
	if v.Kind() != "map" {
		ok := c.kinds(v)
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
			good = c.kinds(f.Value)
		case "domain":
			c.domain, good = p.hosts(f.Value)
		case "allow":
			c.allow, good = p.hosts(f.Value)
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

func (c *link) kinds(v yamlsrc.Value) bool {
	ok := true
	for _, e := range v.OneOrMany() {
		name, good := e.Enum("kind of link", linkKindNames()...)
		c.is, ok = append(c.is, name), ok && good
	}
	if len(c.is) == 0 {
		v.Errorf("known here: "+strings.Join(linkKindNames(), ", "), "the list of kinds is empty")
		return false
	}
	return ok
}

// hosts are some sets of them: one of the rule's own list, and one of each file.
type hosts []*text.DomainSet

func (h hosts) has(host string) bool {
	for _, set := range h {
		if set.Has(host) {
			return true
		}
	}
	return false
}

const hostHint = "write only the host, such as example.org: its subdomains belong to it"

// hosts reads names of hosts, without scheme, port and path.
func (p *parser) hosts(v yamlsrc.Value) (hosts, bool) {
	l, _, ok := p.listed(v, "host")
	set, err := text.NewDomainSet(l.entries)
	ok = !l.wrong(err, hostHint) && ok
	out := hosts{set}
	for _, f := range l.files {
		set, err := text.ReadDomains(bytes.NewReader(f.src))
		ok = !f.wrong(err, hostHint) && ok
		out = append(out, set)
	}
	return out, ok
}

func (c link) holds(l *text.Link) bool {
	switch {
	case l.InCode && !c.inCode:
		return false
	case len(c.is) > 0 && c.kind(l) == "":
		return false
	case c.domain != nil && !c.domain.has(l.Host):
		return false
	}
	return c.allow == nil || !c.allow.has(l.Host)
}

func (c link) find(r *Reading) *text.Link {
	links := r.View.Links()
	for i := range links {
		if c.holds(&links[i]) {
			return &links[i]
		}
	}
	if !slices.Contains(c.is, "bare") {
		return nil
	}
	bare := link{domain: c.domain, allow: c.allow, inCode: c.inCode}
	links = r.View.BareDomains()
	for i := range links {
		if bare.holds(&links[i]) {
			return &links[i]
		}
	}
	return nil
}

// grounds: the names of sites alone are no links.
func (c link) grounds() grounds {
	if slices.Contains(c.is, "bare") {
		return grounds{}
	}
	if len(c.is) > 0 && !slices.Contains(c.is, "any") {
		return onTrait(traitOddLinks, 1)
	}
	return onTrait(traitLinks, 1)
}

// odd are all kinds of links but any.
var odd = link{is: linkKindNames()[1:]}

// oddLinks counts the links that are of another kind than any.
func oddLinks(r *Reading) int {
	n := 0
	links := r.View.Links()
	for i := range links {
		if odd.kind(&links[i]) != "" {
			n++
		}
	}
	return n
}

func (c link) match(r *Reading, _ *History) bool { return c.find(r) != nil }

// kind is the first of the rule's kinds that a link is of; empty for none.
func (c link) kind(l *text.Link) string {
	for _, k := range linkKinds {
		if k.is != nil && slices.Contains(c.is, k.name) && k.is(l) {
			return k.name
		}
	}
	return ""
}

func (c link) reason(r *Reading, _ *History) chat.Reason {
	l := c.find(r)
	key := "reason.link"
	if kind := c.kind(l); kind != "" && kind != "any" {
		key += "." + kind
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
