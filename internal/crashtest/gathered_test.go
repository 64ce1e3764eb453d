package crashtest

import (
	"encoding/json"
	"regexp"
	"strconv"
	"testing"

	"palabre/chat"
)

var gatheredCases = regexp.MustCompile(`\*\*(\S+)\*\*: (one|\d+) more cases? \(`)

// gathered counts the cases by their rules that were not told in a line of their own: those told together, and those that
// are counted and still to be told.
func (m *memory) gathered(told []string) map[string]int {
	counts := map[string]int{}
	for _, text := range told {
		for _, found := range gatheredCases.FindAllStringSubmatch(text, -1) {
			n, err := strconv.Atoi(found[2])
			if err != nil {
				n = 1
			}
			counts[found[1]] += n
		}
	}
	for _, row := range m.rows("SELECT value FROM memory WHERE key = 'house/gathered'", 1) {
		var kept struct {
			Lines []struct {
				Kind, About string
				Count       int
			}
		}
		if err := json.Unmarshal([]byte(row[0]), &kept); err != nil {
			m.t.Fatal(err)
		}
		for _, g := range kept.Lines {
			if g.Kind == "case" {
				counts[g.About] += g.Count
			}
		}
	}
	return counts
}

// deskLines are the lines that were to be told in the moderators' room.
func (r *records) deskLines() (out []string) {
	for _, o := range r.orders {
		if send, ok := o.Action.(chat.Send); ok && o.Label == "log" {
			out = append(out, send.Text.Plain())
		}
	}
	return out
}

// A flood's cases are told together; the sentence is the catalogue's.
func TestGatheredCasesAreCounted(t *testing.T) {
	m := &memory{t, t.TempDir() + "/none"}
	got := m.gathered([]string{"Much happens at once, so I gather what I have to tell:\n- **ads**: 12 more cases (#3 to #15). `why 3` tells why.\n- **b**: one more case (#9)."})
	if len(got) != 2 || got["ads"] != 12 || got["b"] != 1 {
		t.Errorf("counted %v", got)
	}
}
