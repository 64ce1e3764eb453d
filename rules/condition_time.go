package rules

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/yamlsrc"
)

// hour holds between two hours of the day, in the community's zone.
type hour struct {
	from, to int // from < to, or over midnight
	zone     *time.Location
}

func parseHour(p *parser, v yamlsrc.Value) (condition, bool) {
	s, ok := v.Text()
	if !ok {
		return nil, false
	}
	begin, end, found := strings.Cut(s, "-")
	from, bad := strconv.Atoi(strings.TrimSpace(begin))
	to, worse := strconv.Atoi(strings.TrimSpace(end))
	if !found || bad != nil || worse != nil || from < 0 || from > 23 || to < 0 || to > 24 || from == to%24 {
		v.Errorf(`write it like "22-6": from ten in the evening to six in the morning`, "must be two hours from 0 to 24, got %q", s)
		return nil, false
	}
	return hour{from, to, p.zone()}, true
}

func (p *parser) zone() *time.Location {
	if p.env.Zone == nil {
		return time.UTC
	}
	return p.env.Zone
}

func (c hour) match(r *Reading, _ *History) bool {
	h := r.Event.At.In(c.zone).Hour()
	if c.from < c.to {
		return c.from <= h && h < c.to
	}
	return c.from <= h || h < c.to
}

func (c hour) reason(r *Reading, past *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.hour", chat.Args{"time": c.value(r, past)})}
}

func (c hour) value(r *Reading, _ *History) string { return r.Event.At.In(c.zone).Format("15:04") }

// weekday holds on some days of the week, in the community's zone.
type weekday struct {
	days []time.Weekday
	zone *time.Location
}

var weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}

func parseWeekday(p *parser, v yamlsrc.Value) (condition, bool) {
	c, ok := weekday{zone: p.zone()}, true
	for _, e := range v.OneOrMany() {
		name, good := e.Enum("day", weekdays...)
		if ok = ok && good; good {
			c.days = append(c.days, time.Weekday(slices.Index(weekdays, name)))
		}
	}
	if len(v.OneOrMany()) == 0 {
		v.Errorf("known here: "+strings.Join(weekdays, ", "), "the list of days is empty")
		return nil, false
	}
	return c, ok
}

func (c weekday) day(r *Reading) time.Weekday { return r.Event.At.In(c.zone).Weekday() }

func (c weekday) match(r *Reading, _ *History) bool { return slices.Contains(c.days, c.day(r)) }

func (c weekday) reason(r *Reading, _ *History) chat.Reason {
	return chat.Reason{Say: chat.Say("reason.weekday."+weekdays[c.day(r)], nil)}
}

func (c weekday) value(r *Reading, _ *History) string { return weekdays[c.day(r)] }
