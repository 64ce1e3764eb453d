package matrix

import (
	"net/url"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"palabre/chat"
)

// flat is a formatted_body as people see it.
type flat struct {
	text  string      // the words alone
	typed string      // the same with members named by their ids, as a command needs them
	links []chat.Link // links whose words are not their address
	pills []string    // user ids that the text names by a link
}

// maxLinks bounds what one message can make us keep.
const maxLinks = 200

// hidden are the elements whose text nobody sees. Clients drop other unknown tags and show their text.
var hidden = map[atom.Atom]bool{atom.Script: true, atom.Style: true}

// breaks are the elements that begin and end a line.
var breaks = map[atom.Atom]bool{
	atom.P: true, atom.Div: true, atom.Br: true, atom.Li: true, atom.Ul: true, atom.Ol: true, atom.Blockquote: true,
	atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true,
	atom.Table: true, atom.Tr: true, atom.Hr: true, atom.Details: true, atom.Summary: true,
}

// flatten turns HTML into what people see. It reads tokens one after the other and never recurses, so that
// nesting costs nothing. With reply, a complete <mx-reply> at the beginning (the quoted message) is left out;
// anywhere else it is text like any other, because clients show it.
func flatten(source string, reply bool) flat {
	if reply {
		source = withoutQuote(source)
	}
	w := walker{tokens: html.NewTokenizer(strings.NewReader(source))}
	for w.next() {
	}
	w.closeLink()
	return flat{text: tidy(w.text.String()), typed: tidy(w.typed.String()), links: w.links, pills: w.pills}
}

func withoutQuote(source string) string {
	trimmed := strings.TrimSpace(source)
	if !strings.HasPrefix(trimmed, "<mx-reply>") {
		return source
	}
	_, rest, closed := strings.Cut(trimmed, "</mx-reply>")
	if !closed {
		return source
	}
	return rest
}

type walker struct {
	tokens      *html.Tokenizer
	text, typed strings.Builder
	links       []chat.Link
	pills       []string
	hiding      atom.Atom // the hidden element that we are in
	depth       int       // how many of them
	href        string    // the link that we are in
	linkAt      int       // where its words begin
	typedAt     int
}

func (w *walker) next() bool {
	switch w.tokens.Next() {
	case html.ErrorToken:
		return false
	case html.TextToken:
		if w.hiding == 0 {
			w.write(string(w.tokens.Text()))
		}
	case html.StartTagToken:
		w.open(w.tokens.Token(), true)
	case html.SelfClosingTagToken:
		w.open(w.tokens.Token(), false)
	case html.EndTagToken:
		w.close(w.tokens.Token().DataAtom)
	case html.CommentToken, html.DoctypeToken:
	}
	return true
}

func (w *walker) write(s string) {
	w.text.WriteString(s)
	w.typed.WriteString(s)
}

func (w *walker) open(t html.Token, container bool) {
	switch {
	case w.hiding != 0:
		if t.DataAtom == w.hiding && container {
			w.depth++
		}
	case hidden[t.DataAtom] && container:
		w.hiding, w.depth = t.DataAtom, 1
	case breaks[t.DataAtom]:
		w.write("\n")
	case t.DataAtom == atom.Td || t.DataAtom == atom.Th:
		w.write(" ")
	case t.DataAtom == atom.Span && attribute(t, "data-mx-spoiler") != "":
		w.write("(" + attribute(t, "data-mx-spoiler") + ") ") // the reason stands before what is covered
	case t.DataAtom == atom.Img:
		w.write(attribute(t, "alt"))
	case t.DataAtom == atom.A:
		w.closeLink()
		w.href, w.linkAt, w.typedAt = attribute(t, "href"), w.text.Len(), w.typed.Len()
	}
}

func (w *walker) close(tag atom.Atom) {
	switch {
	case w.hiding != 0:
		if tag == w.hiding {
			if w.depth--; w.depth == 0 {
				w.hiding = 0
			}
		}
	case breaks[tag]:
		w.write("\n")
	case tag == atom.A:
		w.closeLink()
	}
}

// closeLink notes where the words since the link's opening lead.
func (w *walker) closeLink() {
	href := strings.TrimSpace(w.href)
	w.href = ""
	if href == "" || len(w.links) >= maxLinks || len(w.pills) >= maxLinks {
		return
	}
	label := strings.TrimSpace(w.text.String()[w.linkAt:])
	if user := pillUser(href); user != "" {
		w.pills = append(w.pills, user)
		typed := w.typed.String()[:w.typedAt]
		w.typed.Reset()
		w.typed.WriteString(typed + user)
		return
	}
	if label != href {
		w.links = append(w.links, chat.Link{Label: label, URL: href})
	}
}

func attribute(t html.Token, name string) string {
	for _, a := range t.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// pillUser is the user that a link names, empty when it leads elsewhere.
func pillUser(href string) string {
	for _, prefix := range []string{"https://matrix.to/#/", "http://matrix.to/#/"} {
		if rest, ok := strings.CutPrefix(href, prefix); ok {
			rest, _, _ = strings.Cut(rest, "?")
			if name, err := url.PathUnescape(rest); err == nil && isUser(name) {
				return name
			}
		}
	}
	if rest, ok := strings.CutPrefix(href, "matrix:u/"); ok {
		rest, _, _ = strings.Cut(rest, "?")
		if name, err := url.PathUnescape("@" + rest); err == nil && isUser(name) {
			return name
		}
	}
	return ""
}

// isUser tells whether s looks like a Matrix user id: @name:server, at most 255 bytes.
func isUser(s string) bool {
	_, server, ok := strings.Cut(s, ":")
	return ok && strings.HasPrefix(s, "@") && server != "" && len(s) <= 255 && !strings.ContainsAny(s, " /\n\x00")
}

// tidy trims every line, joins runs of spaces and drops empty lines.
func tidy(s string) string {
	var out []string
	for line := range strings.SplitSeq(s, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" {
			out = append(out, line)
		}
	}
	return strings.ToValidUTF8(strings.Join(out, "\n"), "\uFFFD")
}
