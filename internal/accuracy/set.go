// Package accuracy measures what rules catch, and what they catch wrongly, on messages of which it is known what
// they are.
package accuracy

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"palabre/internal/human"
)

// Clean is the label of a message that nobody should mind.
const Clean = "clean"

// Labels are what a message may be: clean, or what is wrong with it.
var Labels = []string{Clean, "insult", "threat", "shouting", "flood", "invite", "link", "scam", "spam", "raid", "newcomer"}

// Message is one line of a set: what is said, by whom and how often, and what it is.
type Message struct {
	Label  string
	Text   string
	Source string // the set that it comes from: a file's name without its end
	Line   int    // of the file; its number for sets that are no files of ours

	Account, Member time.Duration // how old the account and the membership are; zero: for years
	Times           int           // how often it is said; at least 1
	People          int           // how many say it in turn; 1 unless given, and then also how often
	Joins           int           // instead of a message, so many people join
	Every           time.Duration // between two of them
	File            string        // the name of a file that comes with it
}

var messageLine = regexp.MustCompile(`^([a-z]+)(?: \[([^\]]*)\])?:(?: (.*))?$`)

// Read reads a set. A line is
//
//	label [what is particular about it]: the message
//
// where the part in brackets may be left out and holds, separated by commas, `account 1d`, `member 10m`, `times 5`,
// `people 3`, `joins 12`, `every 2s` and `file a.exe`. In the message \n breaks a line and \u200b is an escape. Empty
// lines and those that begin with # are passed over.
func Read(source string, file io.Reader) ([]Message, error) {
	var out []Message
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if strings.TrimSpace(line) == "" || line[0] == '#' {
			continue
		}
		m, err := readMessage(line)
		if err != nil {
			return nil, fmt.Errorf("%s:%d: %w", source, n, err)
		}
		m.Source, m.Line = source, n
		out = append(out, m)
	}
	return out, lines.Err()
}

func readMessage(line string) (Message, error) {
	parts := messageLine.FindStringSubmatch(line)
	if parts == nil {
		return Message{}, fmt.Errorf("not a line of a set: %q", line)
	}
	m := Message{Label: parts[1], Times: 1, People: 1, Every: time.Second}
	var err error
	if m.Text, err = strconv.Unquote(`"` + strings.ReplaceAll(parts[3], `"`, `\"`) + `"`); err != nil {
		return m, fmt.Errorf("%q: %w", parts[3], err)
	}
	if parts[2] == "" {
		return m, nil
	}
	for what := range strings.SplitSeq(parts[2], ",") {
		if err := m.particular(strings.TrimSpace(what)); err != nil {
			return m, fmt.Errorf("%q: %w", what, err)
		}
	}
	return m, nil
}

// particular reads one thing that stands in brackets.
func (m *Message) particular(what string) error {
	name, value, _ := strings.Cut(what, " ")
	var err error
	switch name {
	case "account":
		m.Account, err = human.Parse(value)
	case "member":
		m.Member, err = human.Parse(value)
	case "every":
		m.Every, err = human.Parse(value)
	case "times":
		m.Times, err = strconv.Atoi(value)
	case "people":
		m.People, err = strconv.Atoi(value)
		m.Times = m.People
	case "joins":
		m.Joins, err = strconv.Atoi(value)
	case "file":
		m.File = value
	default:
		err = fmt.Errorf("nobody knows what this means")
	}
	return err
}
