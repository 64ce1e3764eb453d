package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// Mistake is an entry of a list that cannot be used.
type Mistake struct {
	Line int // of the file, or the entry's place in a list; from 1
	Err  error
}

// Mistakes are the entries of a list that cannot be used: the first 20 of a file, in order.
type Mistakes []Mistake

func (m Mistakes) Error() string {
	lines := make([]string, len(m))
	for i, one := range m {
		lines[i] = fmt.Sprintf("%d: %v", one.Line, one.Err)
	}
	return strings.Join(lines, "\n")
}

// err is nil when there is no mistake.
func (m Mistakes) err() error {
	if len(m) == 0 {
		return nil
	}
	return m
}

// Bounds of a list in a file.
const (
	mostMistakes = 20
	longestLine  = 4096 // bytes
)

// Line is an entry of a list in a file.
type Line struct {
	Text   string
	Number int // from 1
}

// ReadList gives the entries of a file: one in a line, with empty lines and comments (#) between. The error is
// Mistakes, or that of reading.
func ReadList(file io.Reader) ([]Line, error) {
	var out []Line
	err := readList(file, func(entry string, line int) error {
		out = append(out, Line{entry, line})
		return nil
	})
	return out, err
}

// readList gives every entry of a file to add: one in a line, white space around it away. Empty lines are passed over,
// and comments: from a # that begins the line or follows white space. The error is one of reading, or Mistakes.
func readList(file io.Reader, add func(entry string, line int) error) error {
	var wrong Mistakes
	lines := bufio.NewScanner(file)
	lines.Buffer(make([]byte, 0, longestLine), longestLine)
	n := 0
	for lines.Scan() && len(wrong) < mostMistakes {
		n++
		entry := strings.TrimSpace(withoutComment(lines.Text()))
		if entry == "" {
			continue
		}
		if err := add(entry, n); err != nil {
			wrong = append(wrong, Mistake{n, err})
		}
	}
	switch err := lines.Err(); err {
	case nil:
	case bufio.ErrTooLong:
		wrong = append(wrong, Mistake{n + 1, fmt.Errorf("the line is longer than %d bytes", longestLine)})
	default:
		return fmt.Errorf("read list: %w", err)
	}
	return wrong.err()
}

func withoutComment(line string) string {
	for i := range len(line) {
		if line[i] == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}
