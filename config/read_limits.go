package config

import (
	"time"

	"palabre/internal/yamlsrc"
)

func (r *reader) limits(v yamlsrc.Value) {
	r.read(v.About("limits"), limitKeys)
	if l := r.cfg.Limits; l.SanctionsPerHour < l.SanctionsPerMinute {
		v.Errorf("raise sanctions_per_hour, or lower sanctions_per_minute",
			"limits: %d sanctions an hour are fewer than %d a minute", l.SanctionsPerHour, l.SanctionsPerMinute)
	}
}

func (r *reader) perMinute(v yamlsrc.Value) {
	if n, ok := v.Int(1, 1000); ok {
		r.cfg.Limits.SanctionsPerMinute = n
	}
}

func (r *reader) perHour(v yamlsrc.Value) {
	if n, ok := v.Int(1, 10_000); ok {
		r.cfg.Limits.SanctionsPerHour = n
	}
}

func (r *reader) unanswered(v yamlsrc.Value) {
	if d, ok := v.Duration(5*time.Minute, 7*24*time.Hour); ok {
		r.cfg.Limits.Unanswered = d
	}
}

func (r *reader) late(v yamlsrc.Value) {
	if d, ok := v.Duration(time.Minute, 24*time.Hour); ok {
		r.cfg.Limits.Late = d
	}
}
