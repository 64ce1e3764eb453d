package activities

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// A question of every day, and a program that is stopped again and again, for one to seventy hours: whoever is back within three hours
// of the hour asks once, whoever is not does not, and no hour is asked twice.
func TestRandomOutages(t *testing.T) {
	parts := map[string]string{"activities.yaml": `prompts: [ { name: d, room: debates, at: "0 9 * * *", catch_up: 3h, title: T, pool: [ "One?", "Two?", "Three?" ] } ]`}
	returns, asked := 0, 0
	for seed := range uint64(60) {
		r := rand.New(rand.NewPCG(seed, 0))
		at := time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)
		line := func(what string) { parts["story"] += at.In(paris(t)).Format("2006-01-02 15:04 ") + what + "\n" }
		parts["story"] = ""
		line("start activities.yaml")
		due := map[string]bool{} // the hours that are to be asked, and those that are not
		for range 12 {
			up := at
			at = at.Add(time.Duration(60+r.IntN(40*60)) * time.Minute)
			line("stop")
			everyHour(t, up, at, func(hour time.Time) { due[hour.Format("2006-01-02T15:04")] = true })
			down := at
			at = at.Add(time.Duration(60+r.IntN(69*60)) * time.Minute)
			line("start activities.yaml")
			everyHour(t, down, at, func(hour time.Time) {
				inTime := at.Sub(hour) <= 3*time.Hour
				due[hour.Format("2006-01-02T15:04")] = inTime
				if inTime {
					returns++
				}
			})
		}
		at = at.Add(time.Minute)
		line("wait")
		told := tell(t, parts)
		for hour, want := range due {
			got := strings.Count(told, fmt.Sprintf("(prompts/d/%s)", hour))
			if got > 1 || (got == 1) != want {
				t.Fatalf("series %d: %s was asked %d times, want %v\n%s\n%s", seed, hour, got, want, parts["story"], told)
			}
			asked += got
		}
	}
	t.Logf("%d returns within three hours, each asked once; %d questions in all", returns, asked)
}

// everyHour calls for each nine o'clock in Paris after one moment and up to another.
func everyHour(t *testing.T, from, to time.Time, visit func(hour time.Time)) {
	t.Helper()
	day := from.In(paris(t))
	for hour := time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, day.Location()); !hour.After(to); hour = hour.AddDate(0, 0, 1) {
		if hour.After(from) {
			visit(hour)
		}
	}
}
