package bot

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/VictoriaMetrics/metrics"

	"palabre/adapters"
)

// health is what is wrong right now, by part of the house; empty when all is well.
type health struct {
	mu       sync.Mutex
	problems map[string]string
}

func newHealth() *health { return &health{problems: map[string]string{}} }

// set notes a part's trouble, or that it is over.
func (h *health) set(part string, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err == nil {
		delete(h.problems, part)
		return
	}
	h.problems[part] = err.Error()
}

// list is every trouble in a sentence, sorted.
func (h *health) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []string
	for _, part := range slices.Sorted(maps.Keys(h.problems)) {
		out = append(out, fmt.Sprintf("%s: %s", part, h.problems[part]))
	}
	return out
}

// meters are what an operator watches.
type meters struct {
	set                                                  *metrics.Set
	events, repeats, orders, cases, dropped, quarantined *metrics.Counter
	settled                                              func(outcome string) *metrics.Counter
	commits                                              *metrics.Histogram
}

// watch counts what Live says of each network, 1 while its events are received, else 0, and what could not be read.
func (m *meters) watch(platforms []adapters.Adapter) {
	for _, a := range platforms {
		if live, ok := a.(adapters.Live); ok {
			m.set.NewGauge(fmt.Sprintf("palabre_live{platform=%q}", a.Platform()), func() float64 {
				if live.Live() != "" {
					return 0
				}
				return 1
			})
		}
		if reader, ok := a.(adapters.Reader); ok {
			m.set.NewGauge(fmt.Sprintf("palabre_unread_events_total{platform=%q}", a.Platform()), func() float64 { n, _ := reader.Unread(); return float64(n) })
			m.set.NewGauge(fmt.Sprintf("palabre_unread_values_total{platform=%q}", a.Platform()), func() float64 { _, n := reader.Unread(); return float64(n) })
		}
	}
}

func newMeters(out *outbox, lag func() (int, time.Duration)) *meters {
	set := metrics.NewSet()
	set.NewGauge("palabre_outbox_orders", func() float64 { return float64(out.backlog()) })
	set.NewGauge("palabre_outbox_limited_orders", func() float64 { orders, _ := out.held(out.clock.Now()); return float64(orders) })
	set.NewGauge("palabre_backlog_events", func() float64 { events, _ := lag(); return float64(events) })
	set.NewGauge("palabre_lag_seconds", func() float64 { _, oldest := lag(); return oldest.Seconds() })
	return &meters{
		set:         set,
		events:      set.NewCounter("palabre_events_total"),
		repeats:     set.NewCounter("palabre_events_repeated_total"),
		orders:      set.NewCounter("palabre_orders_total"),
		cases:       set.NewCounter("palabre_cases_total"),
		dropped:     set.NewCounter("palabre_actions_dropped_total"),
		quarantined: set.NewCounter("palabre_events_quarantined_total"),
		commits:     set.NewHistogram("palabre_commit_seconds"),
		settled: func(outcome string) *metrics.Counter {
			return set.GetOrCreateCounter(fmt.Sprintf("palabre_orders_settled_total{outcome=%q}", outcome))
		},
	}
}
