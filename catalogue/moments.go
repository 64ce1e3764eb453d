package catalogue

import (
	"fmt"
	"strings"
	"time"

	"palabre/chat"
)

var weekdays = [...]string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

// moment is a time in the community's zone: "Monday 23 November, 18:00", "lundi 23 novembre, 18 h 00".
func (s speaker) moment(at time.Time) string {
	zone := s.voice.Zone
	if zone == nil {
		zone = time.UTC
	}
	at = at.In(zone)
	day := fmt.Sprint(at.Day())
	if at.Day() == 1 {
		day = s.word("moment.first")
	}
	return s.phrase(chat.Say("moment", chat.Args{
		"weekday": s.word("moment." + weekdays[at.Weekday()]),
		"day":     day,
		"month":   s.word("moment." + strings.ToLower(at.Month().String())),
		"hour":    fmt.Sprintf("%02d", at.Hour()),
		"minute":  fmt.Sprintf("%02d", at.Minute()),
	})).Plain()
}

// The units of durations, largest first. A week is 7 days to everybody, so it needs no word.
var units = []struct {
	key  string
	size time.Duration
}{
	{"duration.days", 24 * time.Hour},
	{"duration.hours", time.Hour},
	{"duration.minutes", time.Minute},
	{"duration.seconds", time.Second},
}

// duration is a length of time as people say it: its largest unit, and the next one if that is not zero:
// "1 hour and 30 minutes", "1 day".
func (s speaker) duration(d time.Duration) string {
	var parts []chat.Arg
	rest := max(d, -d)
	for _, u := range units {
		n := int(rest / u.size)
		rest %= u.size
		if n == 0 && len(parts) > 0 {
			break
		}
		smallest := u.size == time.Second && len(parts) == 0
		if (n > 0 || smallest) && len(parts) < 2 {
			parts = append(parts, chat.Say(u.key, chat.Args{"count": n}))
		}
	}
	return s.list(parts).Plain()
}
