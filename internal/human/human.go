// Package human reads and writes durations as people write them: "1h30m", "3d", "2w".
package human

import (
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// Units names what Parse understands, for error messages and hints.
const Units = "s, m, h, d, w, mo (30 days)"

// Longest is the longest duration that Parse accepts: a hundred years of 365 days.
const Longest = 100 * 365 * day

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// What is wrong with a text that is no duration. Parse wraps one of these.
var (
	ErrEmpty    = errors.New("a duration is missing")
	ErrUnit     = errors.New("a number needs a unit (" + Units + ")")
	ErrForm     = errors.New(`not a duration; write it like "1h30m", "3d" or "2w"`)
	ErrNegative = errors.New("a duration cannot be negative")
	ErrZero     = errors.New("a duration must be longer than zero")
	ErrTooLong  = errors.New("a duration cannot be longer than a hundred years")
)

type unit struct {
	size  time.Duration
	names string // separated by spaces, with one around each
}

var units = []unit{
	{30 * day, " mo month months mois "},
	{week, " w week weeks sem semaine semaines "},
	{day, " d day days j jour jours "},
	{time.Hour, " h hr hrs hour hours heure heures "},
	{time.Minute, " m min mins minute minutes "},
	{time.Second, " s sec secs second seconds seconde secondes "},
}

// Parse reads "1h30m", "1 hour 30 minutes", "2w4d": whole numbers, each with its unit, largest unit
// first, each unit once. The result is longer than zero and at most Longest.
func Parse(s string) (time.Duration, error) {
	rest := strings.ToLower(strings.TrimSpace(s))
	if rest == "" {
		return 0, ErrEmpty
	}
	if rest[0] == '-' {
		return 0, fmt.Errorf("%q: %w", s, ErrNegative)
	}
	total, last := time.Duration(0), Longest
	for rest != "" {
		size, count, tail, err := next(rest)
		if err == nil && size >= last {
			err = ErrForm
		}
		if err == nil && (count > int64(Longest/size) || total > Longest-time.Duration(count)*size) {
			err = ErrTooLong
		}
		if err != nil {
			return 0, fmt.Errorf("%q: %w", s, err)
		}
		total, last, rest = total+time.Duration(count)*size, size, tail
	}
	if total == 0 {
		return 0, fmt.Errorf("%q: %w", s, ErrZero)
	}
	return total, nil
}

// next reads one number with its unit from the beginning of s.
func next(s string) (size time.Duration, count int64, rest string, err error) {
	digits := len(s) - len(strings.TrimLeft(s, "0123456789"))
	if digits == 0 {
		return 0, 0, "", ErrForm
	}
	for _, c := range s[:digits] {
		count = min(count*10+int64(c-'0'), 1e15) // far past Longest, far from overflow
	}
	s = strings.TrimLeft(s[digits:], " ")
	letters := strings.IndexFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	if letters < 0 {
		letters = len(s)
	}
	if letters == 0 && s == "" {
		if count == 0 {
			return 0, 0, "", ErrZero
		}
		return 0, 0, "", ErrUnit
	}
	for _, u := range units {
		if letters > 0 && strings.Contains(u.names, " "+s[:letters]+" ") {
			return u.size, count, strings.TrimLeft(s[letters:], " "), nil
		}
	}
	return 0, 0, "", ErrForm
}

// Format writes a duration in the form that Parse reads, to the second: "1h30m", "3d", "45s".
// Zero and less is "0s".
func Format(d time.Duration) string {
	d = d.Round(time.Second)
	if d <= 0 {
		return "0s"
	}
	var b strings.Builder
	for _, u := range []struct {
		size time.Duration
		name string
	}{{day, "d"}, {time.Hour, "h"}, {time.Minute, "m"}, {time.Second, "s"}} {
		if n := d / u.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, u.name)
			d -= n * u.size
		}
	}
	return b.String()
}
