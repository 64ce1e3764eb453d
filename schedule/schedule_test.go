package schedule

import (
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func parse(t *testing.T, spec, zone string) Schedule {
	t.Helper()
	s, err := Parse(spec, zone)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// at reads a wall clock's time in a zone, with its offset where it comes twice.
func at(t *testing.T, s, zone string) time.Time {
	t.Helper()
	if strings.HasSuffix(s, "Z") {
		when, err := time.Parse("2006-01-02 15:04Z", s)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	loc, err := Zone(zone)
	if err != nil {
		t.Fatal(err)
	}
	when, err := time.ParseInLocation("2006-01-02 15:04", s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return when
}

func TestNext(t *testing.T) {
	for _, c := range []struct {
		name, spec, zone, after string
		want                    []string // instants in UTC = keys
	}{
		{"H1", "5 * * * *", "UTC", "2026-11-23 00:03", []string{"2026-11-23 00:05 = 2026-11-23T00:05Z"}},
		{"H2", "0 * 2 * *", "UTC", "2026-11-01 00:00", []string{"2026-11-02 00:00 = 2026-11-02T00:00Z", "2026-11-02 01:00 = 2026-11-02T01:00Z"}},
		{"a Monday in Paris", "0 18 * * 1", "Europe/Paris", "2026-11-21 21:00", []string{"2026-11-23 17:00 = 2026-11-23T18:00", "2026-11-30 17:00 = 2026-11-30T18:00"}},
		{"strictly after", "0 18 * * 1", "Europe/Paris", "2026-11-23 18:00", []string{"2026-11-30 17:00 = 2026-11-30T18:00"}},
		{"H6 the hour that Paris skips", "30 2 * * *", "Europe/Paris", "2026-03-28 03:00", []string{"2026-03-29 01:00 = 2026-03-29T02:30", "2026-03-30 00:30 = 2026-03-30T02:30"}},
		{"H7 the hour that Paris has twice", "30 2 * * *", "Europe/Paris", "2026-10-24 03:00", []string{"2026-10-25 00:30 = 2026-10-25T02:30", "2026-10-26 01:30 = 2026-10-26T02:30"}},
		{"between the two", "30 2 * * *", "Europe/Paris", "2026-10-25 00:40Z", []string{"2026-10-26 01:30 = 2026-10-26T02:30"}},
		{"every hour has both", "30 * * * *", "Europe/Paris", "2026-10-24 23:45Z", []string{"2026-10-25 00:30 = 2026-10-25T00:30Z", "2026-10-25 01:30 = 2026-10-25T01:30Z", "2026-10-25 02:30 = 2026-10-25T02:30Z"}},
		{"every hour, one skipped", "30 * * * *", "Europe/Paris", "2026-03-28 23:45Z", []string{"2026-03-29 00:30 = 2026-03-29T00:30Z", "2026-03-29 01:30 = 2026-03-29T01:30Z"}},
		{"several skipped times are one fire", "*/20 2 * * *", "Europe/Paris", "2026-03-29 00:00", []string{"2026-03-29 01:00 = 2026-03-29T02:00", "2026-03-30 00:00 = 2026-03-30T02:00"}},
		{"Sao Paulo had no midnight", "0 0 * * *", "America/Sao_Paulo", "2018-11-03 12:00", []string{"2018-11-04 03:00 = 2018-11-04T00:00", "2018-11-05 02:00 = 2018-11-05T00:00"}},
		{"Cairo has no midnight", "0 0 * * 5", "Africa/Cairo", "2026-04-20 12:00", []string{"2026-04-23 22:00 = 2026-04-24T00:00", "2026-04-30 21:00 = 2026-05-01T00:00"}},
		{"Beirut has no half past midnight", "30 0 * * *", "Asia/Beirut", "2026-03-28 12:00", []string{"2026-03-28 22:00 = 2026-03-29T00:30", "2026-03-29 21:30 = 2026-03-30T00:30"}},
		{"Lord Howe skips half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00", []string{"2026-10-03 15:30 = 2026-10-04T02:15", "2026-10-04 15:15 = 2026-10-05T02:15"}},
		{"Lord Howe has half an hour twice", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04 12:00", []string{"2026-04-04 14:45 = 2026-04-05T01:45", "2026-04-05 15:15 = 2026-04-06T01:45"}},
		{"Chisinau changed at two", "30 2 * * *", "Europe/Chisinau", "2020-03-28 12:00", []string{"2020-03-29 00:00 = 2020-03-29T02:30", "2020-03-29 23:30 = 2020-03-30T02:30"}},
		{"and changes with Europe by now", "30 2 * * *", "Europe/Chisinau", "2026-03-28 12:00", []string{"2026-03-29 00:30 = 2026-03-29T02:30", "2026-03-29 23:30 = 2026-03-30T02:30"}},
		{"Lisbon", "30 1 * * *", "Europe/Lisbon", "2026-03-28 12:00", []string{"2026-03-29 01:00 = 2026-03-29T01:30", "2026-03-30 00:30 = 2026-03-30T01:30"}},
		{"day of month or of week", "0 18 1-3 * 1", "UTC", "2026-11-02 19:00", []string{"2026-11-03 18:00 = 2026-11-03T18:00", "2026-11-09 18:00 = 2026-11-09T18:00"}},
		{"short months are skipped", "0 9 31 * *", "UTC", "2026-01-31 10:00", []string{"2026-03-31 09:00 = 2026-03-31T09:00"}},
		{"leap day", "0 9 29 2 *", "UTC", "2026-01-01 00:00", []string{"2028-02-29 09:00 = 2028-02-29T09:00"}},
		{"@daily", "@daily", "UTC", "2026-01-01 00:00", []string{"2026-01-02 00:00 = 2026-01-02T00:00"}},
		{"@weekly", "@weekly", "UTC", "2026-01-01 00:00", []string{"2026-01-04 00:00 = 2026-01-04T00:00"}},
		{"@monthly", "@monthly", "UTC", "2026-01-01 00:00", []string{"2026-02-01 00:00 = 2026-02-01T00:00"}},
		{"@hourly", "@hourly", "UTC", "2026-01-01 00:00", []string{"2026-01-01 01:00 = 2026-01-01T01:00Z"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := parse(t, c.spec, c.zone)
			when := at(t, c.after, c.zone)
			for _, want := range c.want {
				fire, ok := s.Next(when)
				if got := fire.At.Format("2006-01-02 15:04") + " = " + fire.Civil; !ok || got != want {
					t.Fatalf("after %s: %s\nwant %s", when.UTC(), got, want)
				}
				when = fire.At
			}
		})
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ spec, zone, problem, hint string }{
		{"@every 1h", "UTC", `schedule "@every 1h" would begin anew at every start`, "five fields"},
		{"@reboot", "UTC", `unknown schedule "@reboot"`, "@daily"},
		{"0 0 18 * * 1", "UTC", `schedule "0 0 18 * * 1" has 6 fields instead of 5`, "five fields"},
		{"", "UTC", `schedule "" has 0 fields instead of 5`, "five fields"},
		{"TZ=Europe/Paris", "UTC", `schedule "TZ=Europe/Paris" names a zone`, "the community's zone"},
		{"CRON_TZ=Europe/Paris 0 18 * * 1", "UTC", "names a zone", "the community's zone"},
		{"0 0 31 2 *", "UTC", `schedule "0 0 31 2 *" never comes due`, "calendar"},
		{"0 0 * * 7", "UTC", `schedule "0 0 * * 7": end of range (7) above maximum (6): 7`, "0 (Sunday)"},
		{"0 25 * * *", "UTC", `schedule "0 25 * * *": end of range (25)`, "five fields"},
		{"0 18 * * 1#1", "UTC", `schedule "0 18 * * 1#1": `, "only numbers"},
		{"0 0 * * *", "CET", `zone "CET" is no place`, "Europe/Paris"},
		{"0 0 * * *", "EST", `zone "EST" is no place`, "America/Montreal"},
		{"0 0 * * *", "Etc/GMT+5", `is a fixed offset`, "name a place"},
		{"0 0 * * *", "Europe/Pariss", `unknown zone "Europe/Pariss"`, "name a place"},
		{"0 0 * * *", "../etc/passwd", `unknown zone "../etc/passwd"`, "name a place"},
		{"0 0 * * *", "", "the zone is empty", "name a place"},
	} {
		_, err := Parse(c.spec, c.zone)
		var e *Error
		if !errors.As(err, &e) || !strings.Contains(e.Error(), c.problem) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%q in %q: %v (%+v)\nwant %s (%s)", c.spec, c.zone, err, e, c.problem, c.hint)
		}
	}
}

func TestZeroScheduleNeverFires(t *testing.T) {
	if f, ok := (Schedule{}).Next(time.Unix(0, 0)); ok {
		t.Errorf("fires at %v", f)
	}
}

func TestCatchUp(t *testing.T) {
	due := time.Date(2026, 11, 23, 17, 0, 0, 0, time.UTC)
	for late, want := range map[time.Duration]bool{-time.Minute: true, 0: true, time.Hour: true, time.Hour + 1: false, 72 * time.Hour: false} {
		if got := CatchUp(due, due.Add(late), time.Hour); got != want {
			t.Errorf("%s late: %v", late, got)
		}
	}
}

var places = []string{"Europe/Paris", "America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Australia/Lord_Howe",
	"Europe/Chisinau", "Europe/Lisbon", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca", "Pacific/Apia", "UTC"}

// Whatever the schedule, the zone and the moment: no fire in the past, strictly increasing, no key twice, and asking
// from any moment before a fire gives that fire.
func TestEveryKeyOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		spec := rapid.SampledFrom([]string{"30 2 * * *", "0 0 * * *", "*/20 0-3 * * *", "15 1,2 * * 0", "45 * * * *", "0 18 1-7 * 1"}).Draw(t, "spec")
		s, err := Parse(spec, rapid.SampledFrom(places).Draw(t, "zone"))
		if err != nil {
			t.Fatal(err)
		}
		from := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 15*366*86400).Draw(t, "from")) * time.Second)
		seen := map[string]bool{}
		for range 40 {
			fire, ok := s.Next(from)
			if !ok || !fire.At.After(from) || seen[fire.Civil] {
				t.Fatalf("after %s: %+v, %v", from, fire, ok)
			}
			before := from.Add(time.Duration(rapid.Int64Range(0, int64(fire.At.Sub(from))-1).Draw(t, "wait")))
			if again, _ := s.Next(before); again != fire {
				t.Fatalf("after %s %+v, after %s %+v", from, fire, before, again)
			}
			seen[fire.Civil] = true
			from = fire.At
		}
	})
}

// A daily schedule has one fire on each day of the calendar, in every zone and year.
func TestOncePerDay(t *testing.T) {
	for _, zone := range places {
		for _, spec := range []string{"0 0 * * *", "30 2 * * *"} {
			s := parse(t, spec, zone)
			when := time.Date(2020, 1, 1, 0, 0, 0, 0, s.zone).Add(-time.Second)
			day := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
			for ; day.Year() < 2036; day = day.AddDate(0, 0, 1) {
				fire, ok := s.Next(when)
				if !ok || !strings.HasPrefix(fire.Civil, day.Format("2006-01-02T")) {
					t.Fatalf("%s in %s on %s: %+v", spec, zone, day.Format(time.DateOnly), fire)
				}
				when = fire.At
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0 18 * * 1", "TZ=", "@every 1s", "*/5 1-2,3 ? JAN MON", "0 0 30 2 *", "1-0 * * * *", "*/0 * * * *"} {
		f.Add(s, "Europe/Paris")
	}
	now := time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, spec, zone string) {
		s, err := Parse(spec, zone)
		if err != nil {
			return
		}
		if fire, ok := s.Next(now); !ok || !fire.At.After(now) {
			t.Errorf("%q in %q: %+v", spec, zone, fire)
		}
	})
}

// British Columbia kept its summer time in 2026. A schedule follows, whether or not the machine has heard of it.
func TestZonesOfThisYear(t *testing.T) {
	s, err := Parse("0 18 * * 1", "America/Vancouver")
	if err != nil {
		t.Fatal(err)
	}
	fire, ok := s.Next(time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC))
	if want := time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC); !ok || !fire.At.Equal(want) {
		t.Errorf("Monday 30 November, 18:00 in Vancouver is %s, want %s", fire.At, want)
	}
}

// Where the zone data ends in a rule (as systems with small data have it, and all data far ahead), the last days of a leap year are days
// like any other: nothing stands still.
func TestTheEndOfALeapYear(t *testing.T) {
	for _, zone := range []string{"Europe/Lisbon", "America/New_York", "Pacific/Auckland"} {
		s := parse(t, "0 0,12 * * *", zone)
		day := time.Date(2040, 12, 29, 0, 0, 0, 0, s.zone)
		for when := day.Add(-time.Second); day.Year() < 2041; day = day.AddDate(0, 0, 1) {
			for _, hour := range []string{"00:00", "12:00"} {
				fire, ok := s.Next(when)
				if want := day.Format("2006-01-02T") + hour; !ok || fire.Civil != want {
					t.Fatalf("%s: %s, want %s", zone, fire.Civil, want)
				}
				when = fire.At
			}
		}
	}
}
