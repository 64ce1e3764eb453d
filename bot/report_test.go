package bot

import (
	"testing"
	"time"
)

// The report comes on Mondays at nine by the community's clock, whatever the season.
func TestNextReport(t *testing.T) {
	paris, err := time.LoadLocation("Europe/Paris")
	if err != nil {
		t.Fatal(err)
	}
	const form = "2006-01-02 15:04 -0700"
	for now, want := range map[string]string{
		"2026-11-23 08:59": "2026-11-23 09:00 +0100",
		"2026-11-23 09:00": "2026-11-30 09:00 +0100",
		"2026-11-29 23:00": "2026-11-30 09:00 +0100",
		"2026-03-23 10:00": "2026-03-30 09:00 +0200", // the clocks went forward in between
		"2026-10-19 10:00": "2026-10-26 09:00 +0100", // … and back
	} {
		at, err := time.ParseInLocation("2006-01-02 15:04", now, paris)
		if err != nil {
			t.Fatal(err)
		}
		if got := nextReport(at, paris).Format(form); got != want {
			t.Errorf("after %s: %s, want %s", now, got, want)
		}
	}
	if got := nextReport(time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC), nil).Format(form); got != "2026-11-30 09:00 +0000" {
		t.Errorf("without a zone: %s", got)
	}
}
