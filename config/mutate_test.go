package config

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/rules"

	"github.com/rogpeppe/go-internal/txtar"
	"gopkg.in/yaml.v3"
)

var every = flag.Bool("mutations", false, "try every mutation of the samples, not one in ten")

// A file that somebody is still writing, or wrote wrongly, is read at every save: whatever node of it is missing, doubled or
// of another type, and wherever it ends, the reader answers with mistakes or with a configuration that can decide.
func TestHalfWrittenFilesAreReadOrRefused(t *testing.T) {
	n := 0
	read := func(src []byte) {
		if n++; *every || n%10 == 0 {
			readable(t, src)
		}
	}
	tried := map[string]bool{} // one place of each shape is enough: the hundredth list of words is read like the first
	for i, s := range samples(t) {
		tree := s.tree(t)
		for _, at := range places(tree) {
			if shape := tree.shape(at); !tried[shape] {
				tried[shape] = true
				for _, m := range mutations {
					if mutated, ok := tree.mutated(at, m); ok {
						read(mutated)
					}
				}
			}
		}
		if i == 0 || i%40 == 1 { // the example, and a rule here and there
			for _, end := range ends(s.src) {
				read(s.src[:end])
			}
		}
	}
	if len(tried) < 300 {
		t.Errorf("only %d shapes were tried", len(tried))
	}
}

// FuzzHalfWrittenFiles changes two nodes of a sample at once.
func FuzzHalfWrittenFiles(f *testing.F) {
	all := samples(f)
	f.Add(uint16(0), uint16(40), uint8(0), uint16(80), uint8(3))
	f.Fuzz(func(t *testing.T, which, first uint16, how uint8, second uint16, then uint8) {
		s := all[int(which)%len(all)]
		tree := s.tree(t)
		at := places(tree)
		src, ok := tree.mutated(at[int(first)%len(at)], mutations[int(how)%len(mutations)])
		if !ok {
			return
		}
		tree = sample{s.name, src}.tree(t)
		if at = places(tree); len(at) == 0 {
			return
		}
		if src, ok = tree.mutated(at[int(second)%len(at)], mutations[int(then)%len(mutations)]); ok {
			readable(t, src)
		}
	})
}

// readable reads a file, and lets what is accepted decide about everything that may happen.
func readable(t *testing.T, src []byte) {
	t.Helper()
	cfg, err := parse("f.yaml", src, nil, wordsOfPacks)
	if err == nil {
		defer func() {
			if p := recover(); p != nil {
				t.Fatalf("accepted, and then it fails: %v\n%s", p, src)
			}
		}()
		decides(cfg.Rules)
		Describe(cfg)
		return
	}
	var ms Mistakes
	if !errors.As(err, &ms) || len(ms) == 0 {
		t.Fatalf("refused without mistakes: %v\n%s", err, src)
	}
	for _, m := range ms {
		if strings.Contains(m.Message, yamlsrc.ReportIt) || m.Pos.Line < 1 || m.Pos.Col < 1 || m.Hint == "" {
			t.Fatalf("%s\n\n%s", m, src)
		}
	}
}

// wordsOfPacks reads the lists that shipped packs name, so that these can be mutated like a community's own rules.
func wordsOfPacks(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join("../rules/packs", path))
}

func decides(rs *rules.Ruleset) {
	past := rules.NewHistory([16]byte{})
	at := time.Date(2026, time.January, 5, 12, 0, 0, 0, time.UTC)
	room := chat.RoomRef{Platform: chat.Console, ID: "general"}
	ref := chat.MessageRef{Room: room, ID: "1"}
	said := chat.Content{Text: "You IDIOT, see https://x.example/ and discord.gg/abc <@2>"}
	for i, body := range []chat.Body{
		chat.MessageSent{Message: ref, Content: said}, chat.MessageEdited{Message: ref, Revision: "2", Content: said}, chat.MemberJoined{},
		chat.MemberRenamed{}, chat.ReactionAdded{Message: ref, Emoji: "👍"}, chat.ThreadOpened{Thread: room, Title: "free gift"},
		chat.MessageBlocked{Message: ref, Content: said, Rule: "1"}, chat.Reported{Message: ref},
	} {
		ev := chat.Event{ID: fmt.Sprint(i), At: at, Room: room, Logical: "general", Body: body,
			Actor: chat.Actor{MemberRef: chat.MemberRef{Platform: chat.Console, ID: "bob"}, Name: "Bob", Kind: chat.Human, Standing: chat.StandingMember}}
		r := rs.Read(&ev, past)
		past.Fold(r.Fact)
		past.Note(rs.Decide(r, past), &ev)
		rs.Explain(r, past)
		r.Release()
	}
}

type sample struct {
	name string
	src  []byte
}

// samples are the files that people begin with: the example, the packs as rules of one's own, and those of the stories.
func samples(t testing.TB) []sample {
	t.Helper()
	src, err := os.ReadFile("../config.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	out := []sample{{"example", src}}
	for _, name := range rules.PackNames() {
		pack, _ := rules.PackSource(name)
		out = append(out, ownRules(t, name, pack)...)
	}
	files, err := filepath.Glob("../testdata/stories/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		ar, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range ar.Files {
			if strings.HasSuffix(part.Name, ".yaml") {
				out = append(out, sample{filepath.Base(file), part.Data})
			}
		}
	}
	return out
}

var parameter = regexp.MustCompile(`\$([a-z_]+)`)

// ownRules are the rules of a pack, each as a configuration of its own, with the parameters written out.
func ownRules(t testing.TB, name string, pack []byte) []sample {
	t.Helper()
	var given struct {
		Parameters map[string]struct{ Value yaml.Node }
	}
	if err := yaml.Unmarshal(pack, &given); err != nil {
		t.Fatal(err)
	}
	_, body, ok := strings.Cut(string(pack), "\nrules:\n")
	if !ok {
		t.Fatal("a pack without rules")
	}
	body = parameter.ReplaceAllStringFunc(body, func(name string) string {
		value := given.Parameters[name[1:]].Value
		value.Style = yaml.FlowStyle
		if value.Kind == yaml.ScalarNode {
			value.Style = yaml.DoubleQuotedStyle
		}
		out, err := yaml.Marshal(&value)
		if err != nil {
			t.Fatal(err)
		}
		return strings.ReplaceAll(strings.TrimSpace(string(out)), "\n", " ")
	})
	var out []sample
	for _, rule := range strings.Split(body, "  - name:")[1:] {
		out = append(out, sample{name, []byte(small + "rules:\n  - name:" + rule)})
	}
	return out
}

// tree is a file whose nodes can be changed.
type tree struct{ root *yaml.Node }

func (s sample) tree(t testing.TB) tree {
	t.Helper()
	var root yaml.Node
	if err := yaml.Unmarshal(s.src, &root); err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	return tree{&root}
}

// place is a node: the numbers of the children on the way to it.
type place []int

func places(t tree) []place {
	var out []place
	var walk func(n *yaml.Node, at place)
	walk = func(n *yaml.Node, at place) {
		for i, child := range n.Content {
			here := append(slices.Clone(at), i)
			out = append(out, here)
			walk(child, here)
		}
	}
	walk(t.root, nil)
	return out
}

// mutation changes the children of a node at one of them; false where it cannot.
type mutation func(parent *yaml.Node, i int) bool

// shape names a place: the keys on the way to it, and what stands there.
func (t tree) shape(at place) string {
	var out strings.Builder
	n := t.root
	for _, i := range at {
		if n.Kind == yaml.MappingNode {
			fmt.Fprintf(&out, "/%s:%v", n.Content[i-i%2].Value, i%2)
		} else {
			out.WriteString("/-")
		}
		n = n.Content[i]
	}
	fmt.Fprint(&out, n.Kind, n.ShortTag())
	return out.String()
}

// mutations: a node is taken away, stands twice, or something else stands in its place.
var mutations = append([]mutation{drop, double, inList, inMap}, retypes(
	`~`, `x`, `7`, `[]`, `[ ~ ]`, `[ {} ]`, `{}`)...)

func drop(parent *yaml.Node, i int) bool {
	from, to := entryOf(parent, i)
	parent.Content = slices.Delete(parent.Content, from, to)
	return parent.Kind != yaml.DocumentNode
}

func double(parent *yaml.Node, i int) bool {
	from, to := entryOf(parent, i)
	parent.Content = slices.Insert(parent.Content, to, slices.Clone(parent.Content[from:to])...)
	return parent.Kind == yaml.SequenceNode || parent.Kind == yaml.MappingNode && i%2 == 1
}

// entryOf is a key with its value, or an entry of a list.
func entryOf(parent *yaml.Node, i int) (from, to int) {
	if parent.Kind == yaml.MappingNode {
		return i - i%2, i - i%2 + 2
	}
	return i, i + 1
}

func inList(parent *yaml.Node, i int) bool {
	parent.Content[i] = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: []*yaml.Node{parent.Content[i]}}
	return true
}

func inMap(parent *yaml.Node, i int) bool {
	key := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: "any"}
	parent.Content[i] = &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map", Content: []*yaml.Node{key, parent.Content[i]}}
	return true
}

func retypes(sources ...string) []mutation {
	var out []mutation
	for _, src := range sources {
		var doc yaml.Node
		if err := yaml.Unmarshal([]byte(src), &doc); err != nil {
			panic(err)
		}
		out = append(out, func(parent *yaml.Node, i int) bool {
			parent.Content[i] = doc.Content[0]
			return true
		})
	}
	return out
}

// mutated is the file with one node changed; the tree stays as it was.
func (t tree) mutated(at place, m mutation) ([]byte, bool) {
	parent := t.root
	for _, i := range at[:len(at)-1] {
		parent = parent.Content[i]
	}
	before := slices.Clone(parent.Content)
	defer func() { parent.Content = before }()
	parent.Content = slices.Clone(before)
	if !m(parent, at[len(at)-1]) {
		return nil, false
	}
	out, err := yaml.Marshal(t.root)
	return out, err == nil
}

// ends are where somebody may have stopped to write: after each colon, dash, bracket and line.
func ends(src []byte) []int {
	var out []int
	for i := range src {
		if bytes.IndexByte([]byte(":-[{,\n"), src[i]) >= 0 {
			out = append(out, i+1)
		}
	}
	return out
}
