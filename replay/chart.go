package replay

import (
	"strings"
	"time"
)

// chart draws how something spreads over a time, in one line.
type chart struct {
	from  time.Time
	width time.Duration // of one sign
	signs []int
	most  int
}

// mostSigns is how long the line may be.
const mostSigns = 60

// Steps of the width that people count in.
var widths = []time.Duration{time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour, 14 * 24 * time.Hour, 28 * 24 * time.Hour}

// newChart chooses the smallest width with which the whole time fits into a line.
func newChart(from, to time.Time, hours map[int64]int) chart {
	c := chart{from: from.Truncate(time.Hour)}
	span := to.Sub(c.from) + 1
	for _, c.width = range widths {
		if span <= mostSigns*c.width {
			break
		}
	}
	for span > mostSigns*c.width {
		c.width *= 2
	}
	c.signs = make([]int, (span+c.width-1)/c.width)
	for hour, n := range hours {
		at := int(time.Unix(hour*3600, 0).Sub(c.from) / c.width)
		at = min(max(at, 0), len(c.signs)-1)
		c.signs[at] += n
		c.most = max(c.most, c.signs[at])
	}
	return c
}

// bars is the line: nothing is a dot, and the highest bar stands for the most.
func (c chart) bars() string {
	const heights = "▁▂▃▄▅▆▇█"
	steps := []rune(heights)
	var b strings.Builder
	for _, n := range c.signs {
		if n == 0 {
			b.WriteRune('·')
			continue
		}
		b.WriteRune(steps[(n*len(steps)-1)/max(c.most, 1)])
	}
	return b.String()
}
