package human

import (
	"errors"
	"testing"
	"time"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want time.Duration
		err  error
	}{
		{in: "1h30m", want: 90 * time.Minute},
		{in: "1 hour 30 minutes", want: 90 * time.Minute},
		{in: "2w4d7h32m17s", want: 1582337 * time.Second},
		{in: "1mo", want: 30 * day},
		{in: "1 H", want: time.Hour},
		{in: "29d", want: 29 * day},
		{in: "36500d", want: Longest},
		{in: "10", err: ErrUnit},
		{in: "1d12", err: ErrUnit},
		{in: "", err: ErrEmpty},
		{in: "h", err: ErrForm},
		{in: "abc", err: ErrForm},
		{in: "1y2", err: ErrForm},
		{in: "∞", err: ErrForm},
		{in: "1.5h", err: ErrForm},
		{in: "30m1h", err: ErrForm},
		{in: "1h1h", err: ErrForm},
		{in: "-5m", err: ErrNegative},
		{in: "-1d", err: ErrNegative},
		{in: "0", err: ErrZero},
		{in: "0s", err: ErrZero},
		{in: "99999999999d", err: ErrTooLong},
		{in: "999999999h", err: ErrTooLong},
		{in: "18446744073709551617s", err: ErrTooLong},
		{in: "36500d1s", err: ErrTooLong},
	} {
		got, err := Parse(c.in)
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("Parse(%q) = %v, %v; want %v, %v", c.in, got, err, c.want, c.err)
		}
	}
}

func TestFormat(t *testing.T) {
	for want, in := range map[string]time.Duration{
		"1h30m": 90 * time.Minute, "3d": 3 * day, "14d": 14 * day, "1d12h": 36 * time.Hour, "45s": 45 * time.Second,
		"0s": -time.Hour, "2s": 1600 * time.Millisecond,
	} {
		if got := Format(in); got != want {
			t.Errorf("Format(%v) = %q, want %q", in, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"1h30m", "3d", "99999999999d", "1 hour 30 minutes", "-5m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := Parse(s)
		if err != nil {
			return
		}
		if d <= 0 || d > Longest {
			t.Fatalf("Parse(%q) = %v, out of range", s, d)
		}
		if again, err := Parse(Format(d)); err != nil || again != d {
			t.Fatalf("Parse(Format(%v)) = %v, %v", d, again, err)
		}
	})
}
