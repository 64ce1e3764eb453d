package yamlsrc

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Pos is a place in a file. Line and Col count from 1, Col in characters; Width is how many characters the caret underlines.
type Pos struct{ Line, Col, Width int }

// Mistake is one thing wrong in a file.
type Mistake struct {
	File    string
	Pos     Pos
	Message string
	Hint    string // what to write instead, empty when there is nothing helpful to say
	Source  string // the line, with secrets concealed; empty when the mistake belongs to no line
}

// String is "file:line:col: message", the line with a caret under the place, and the hint.
func (m Mistake) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s:%d:%d: %s", m.File, m.Pos.Line, m.Pos.Col, m.Message)
	if strings.TrimSpace(m.Source) != "" {
		line, col := excerpt(m.Source, m.Pos.Col)
		fmt.Fprintf(&b, "\n%5d | %s", m.Pos.Line, line)
		width := min(max(m.Pos.Width, 1), max(len([]rune(line))-col+1, 1))
		fmt.Fprintf(&b, "\n      | %s%s", strings.Repeat(" ", col-1), strings.Repeat("^", width))
	}
	if m.Hint != "" {
		b.WriteString("\n   hint: " + m.Hint)
	}
	return b.String()
}

// shownColumns is how much of a long line is shown.
const shownColumns = 120

// excerpt cuts a long line around its column, and makes what a terminal would act on visible.
func excerpt(line string, col int) (string, int) {
	runes := []rune(strings.Map(printable, strings.TrimRight(line, "\r")))
	col = min(max(col, 1), len(runes)+1)
	if len(runes) <= shownColumns {
		return string(runes), col
	}
	from := max(0, min(col-1-shownColumns/2, len(runes)-shownColumns))
	to := from + shownColumns
	cut := slices.Clone(runes[from:to])
	if from > 0 {
		cut[0] = '…'
	}
	if to < len(runes) {
		cut[len(cut)-1] = '…'
	}
	return string(cut), col - from
}

func printable(r rune) rune {
	switch {
	case r == '\t':
		return ' '
	case r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069:
		return '\uFFFD'
	}
	return r
}

// Mistakes are all that is wrong in a file, in the order of its lines. As an error they print every one of them.
type Mistakes []Mistake

// Error prints every mistake, one below the other. The count is the caller's to add.
func (ms Mistakes) Error() string {
	lines := make([]string, len(ms))
	for i, m := range ms {
		lines[i] = m.String()
	}
	return strings.Join(lines, "\n")
}

// Count is "1 mistake" or "3 mistakes", for the line that ends a report.
func (ms Mistakes) Count() string {
	if len(ms) == 1 {
		return "1 mistake"
	}
	return fmt.Sprintf("%d mistakes", len(ms))
}

func (ms Mistakes) sort() {
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Pos.Line, b.Pos.Line), cmp.Compare(a.Pos.Col, b.Pos.Col))
	})
}
