// Package schedule says when: civil times in a place's zone, daylight saving and catching up. It knows no clock.
package schedule

import (
	"fmt"
	"math/bits"
	"slices"
	"strings"
	"time"

	"palabre/internal/zones"

	"github.com/robfig/cron/v3"
)

// Schedule is a recurrence in the civil time of one zone. The zero Schedule never fires. When a day of the month and
// a day of the week are both given, either is enough: "0 18 1-7 * 1" is the first seven days and every Monday.
type Schedule struct {
	spec  string
	zone  *time.Location
	bits  *cron.SpecSchedule
	hours hours
}

// hours tells whether a schedule names its hours, or goes on through all of them.
type hours bool

const everyHour hours = true

// Fire is one time that a schedule comes due.
type Fire struct {
	At time.Time // the instant, in UTC
	// Civil is the fire's key: the wall clock's "2026-11-23T18:00", the same for both passes of an hour that comes twice.
	// A schedule that runs in every hour has a fire in both, and is keyed by the instant: "2026-11-23T17:00Z".
	Civil string
}

// Error is what is wrong with a schedule or a zone.
type Error struct {
	Problem string
	Hint    string // what to write instead
}

// Error is the problem, without the hint.
func (e *Error) Error() string { return e.Problem }

// shorthands are the words that stand for a whole spec.
var shorthands = map[string]string{
	"@hourly":  "0 * * * *",
	"@daily":   "0 0 * * *",
	"@weekly":  "0 0 * * 0",
	"@monthly": "0 0 1 * *",
}

const fiveFields = `five fields: minute hour day month weekday, as in "0 18 * * 1" (Mondays at 18:00)`

// Parse reads five cron fields, or @hourly, @daily, @weekly, @monthly, in an IANA zone. A refusal is an *Error.
func Parse(spec, zone string) (Schedule, error) {
	loc, err := Zone(zone)
	if err != nil {
		return Schedule{}, err
	}
	fields, err := split(spec)
	if err != nil {
		return Schedule{}, err
	}
	parsed, err := parseFields(fields)
	if err != nil {
		return Schedule{}, &Error{fmt.Sprintf("schedule %q: %s", spec, err), hintFor(fields)}
	}
	s := Schedule{spec: strings.Join(fields, " "), zone: loc, bits: parsed}
	s.hours = hours(bits.OnesCount64(parsed.Hour&^star) == 24)
	if !s.everFires() {
		return Schedule{}, &Error{fmt.Sprintf("schedule %q never comes due", spec), "no such day is in the calendar"}
	}
	return s, nil
}

// Zone loads an IANA zone ("Europe/Paris", "UTC"). Abbreviations and fixed offsets are refused: they do not
// follow the wall clock. A refusal is an *Error.
func Zone(name string) (*time.Location, error) {
	const hint = `name a place: "Europe/Paris", "America/Montreal"; or "UTC"`
	switch {
	case name == "":
		return nil, &Error{"the zone is empty", hint}
	case name == "UTC" || name == "Etc/UTC":
		return time.UTC, nil
	case !strings.Contains(name, "/"):
		return nil, &Error{fmt.Sprintf("zone %q is no place: an abbreviation does not follow daylight saving", name), hint}
	case strings.HasPrefix(name, "Etc/"):
		return nil, &Error{fmt.Sprintf("zone %q is a fixed offset: it does not follow daylight saving", name), hint}
	}
	loc, err := zones.Newest().Load(name)
	if err != nil {
		return nil, &Error{fmt.Sprintf("unknown zone %q", name), hint}
	}
	return loc, nil
}

// split gives the five fields of a spec.
func split(spec string) ([]string, error) {
	spec = strings.TrimSpace(spec)
	if full, ok := shorthands[strings.ToLower(spec)]; ok {
		spec = full
	}
	switch {
	case strings.HasPrefix(spec, "TZ=") || strings.HasPrefix(spec, "CRON_TZ="):
		return nil, &Error{fmt.Sprintf("schedule %q names a zone", spec), "the community's zone counts; leave it out"}
	case strings.HasPrefix(spec, "@every"):
		return nil, &Error{fmt.Sprintf("schedule %q would begin anew at every start", spec), fiveFields}
	case strings.HasPrefix(spec, "@"):
		return nil, &Error{fmt.Sprintf("unknown schedule %q", spec), "@hourly, @daily, @weekly or @monthly"}
	}
	fields := strings.Fields(spec)
	if len(fields) != 5 {
		return nil, &Error{fmt.Sprintf("schedule %q has %d fields instead of 5", spec, len(fields)), fiveFields}
	}
	return fields, nil
}

// parser reads fields; its runner is never used: it loses hours at daylight saving and repeats them.
var parser = cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)

// parseFields calls the parser, which panics on some input.
func parseFields(fields []string) (parsed *cron.SpecSchedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("cannot be read: %v", r)
		}
	}()
	s, err := parser.Parse(strings.Join(fields, " "))
	if err != nil {
		return nil, err
	}
	parsed, ok := s.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("cannot be read")
	}
	return parsed, nil
}

func hintFor(fields []string) string {
	if strings.ContainsAny(fields[4], "7") {
		return "weekdays are 0 (Sunday) to 6 (Saturday), or SUN to SAT"
	}
	if slices.ContainsFunc(fields, func(f string) bool { return strings.ContainsAny(f, "#LW") }) {
		return "only numbers, names, lists, ranges and steps are known"
	}
	return fiveFields
}

// String is the spec with its zone, the same for two schedules that fire together.
func (s Schedule) String() string {
	if s.bits == nil {
		return "never"
	}
	return s.spec + " " + s.zone.String()
}

// CatchUp tells whether what was due may still be done now: it is no later than grace.
func CatchUp(due, now time.Time, grace time.Duration) bool { return now.Sub(due) <= grace }
