// Package scenario plays Palabre in the console: a person at a terminal, a script, or a story with the
// output that it is expected to give.
package scenario

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"palabre/adapters"
	"palabre/adapters/console"
	"palabre/app"
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/internal/human"
	"palabre/store"
)

// Opening is when every session begins, unless its first line says otherwise: a Monday morning.
const Opening = "2026-11-23 09:00"

// ErrQuit: the script ends here.
var ErrQuit = errors.New("quit")

// Session is one console: the little network, a clock that moves by hand, and Palabre at work in it.
type Session struct {
	cfg   *config.Config
	out   io.Writer
	dir   string
	clock *bot.ManualClock
	world *console.World
	bot   *bot.Bot
	store *store.Store
	stop  func() error // stops Palabre; nil before the first line
}

// New prepares a session; Close ends it. Palabre begins to work with the first line that is not a clock's.
func New(cfg *config.Config, out io.Writer, colour bool) (*Session, error) {
	dir, err := os.MkdirTemp("", "palabre-console-")
	if err != nil {
		return nil, err
	}
	start, err := time.ParseInLocation(momentFormat, Opening, cfg.Community.Zone)
	if err != nil {
		return nil, err
	}
	s := &Session{cfg: cfg, out: out, dir: dir, clock: bot.NewManualClock(start)}
	s.world = console.New(console.Options{Rooms: talkFirst(cfg), Now: s.clock.Now, Zone: cfg.Community.Zone, Out: out, Colour: colour})
	return s, nil
}

// talkFirst lists the rooms, the one where people talk first: the first that is not the moderators'.
func talkFirst(cfg *config.Config) []string {
	var rooms []string
	for _, name := range cfg.RoomNames() {
		if name != cfg.Desk {
			rooms = append(rooms, name)
		}
	}
	return append(rooms, cfg.Desk)
}

// start lets Palabre begin, or begin again, with the store that is there.
func (s *Session) start(ctx context.Context) error {
	sentences, err := catalogue.Load()
	if err != nil {
		return err
	}
	if s.store, err = store.Open(ctx, filepath.Join(s.dir, "palabre.db")); err != nil {
		return err
	}
	s.bot, err = bot.New(ctx, bot.Options{
		Plan: app.Plan(s.cfg, chat.Console), Store: s.store, Adapters: []adapters.Adapter{s.world.Open()}, Catalogue: sentences,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})), Clock: s.clock, Workers: 1,
	})
	if err != nil {
		return err
	}
	running, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { s.bot.Run(running) })
	s.stop = func() error {
		cancel()
		group.Wait()
		s.stop = nil
		return s.store.Close()
	}
	return s.settle(ctx)
}

// settle waits until everything that happened was heard, decided and carried out.
func (s *Session) settle(ctx context.Context) error {
	for before := -1; ; {
		if err := s.bot.Quiet(ctx); err != nil {
			return err
		}
		heard, err := s.world.Delivered(ctx)
		if err != nil || heard == before {
			return err
		}
		before = heard
	}
}

// Close stops Palabre and forgets the session.
func (s *Session) Close() error {
	var err error
	if s.stop != nil {
		err = s.stop()
	}
	return errors.Join(err, os.RemoveAll(s.dir))
}

// Play plays one line. Time passes by a second before each line in which somebody does something. What
// cannot be done is shown in the session; an error means that the session cannot go on (ErrQuit: it was asked to end).
func (s *Session) Play(ctx context.Context, line string) error {
	line = strings.TrimSpace(line)
	if line == "" || strings.HasPrefix(line, "#") {
		return nil
	}
	if move, isClock, err := s.clockLine(line); isClock {
		return s.complain(err, func() error { return s.move(ctx, move) })
	}
	if s.stop == nil {
		if err := s.start(ctx); err != nil {
			return err
		}
	}
	switch line {
	case "quit":
		return ErrQuit
	case "help":
		_, err := fmt.Fprintln(s.out, console.Help)
		return err
	case "restart":
		return errors.Join(s.stop(), s.start(ctx))
	}
	if err := s.move(ctx, s.clock.Now().Add(time.Second)); err != nil {
		return err
	}
	return s.complain(s.world.Exec(line), func() error { return s.settle(ctx) })
}

func (s *Session) complain(err error, next func() error) error {
	if err != nil {
		s.world.Complain(err)
		return nil
	}
	return next()
}

// move goes to a moment. Before Palabre has begun, the clock is simply set.
func (s *Session) move(ctx context.Context, to time.Time) error {
	if s.stop == nil {
		s.clock.Set(to)
		return nil
	}
	return s.clock.Move(ctx, to, s.settle)
}

const momentFormat = "2006-01-02 15:04"

var weekdays = map[string]time.Weekday{
	"monday": time.Monday, "tuesday": time.Tuesday, "wednesday": time.Wednesday, "thursday": time.Thursday,
	"friday": time.Friday, "saturday": time.Saturday, "sunday": time.Sunday,
}

// clockLine reads "+2h", "next monday", "next monday 18:00", "at 2026-11-23 09:00".
func (s *Session) clockLine(line string) (to time.Time, isClock bool, err error) {
	now := s.clock.Now().In(s.cfg.Community.Zone)
	if by, ok := strings.CutPrefix(line, "+"); ok {
		d, err := human.Parse(by)
		return now.Add(d), true, err
	}
	if rest, ok := strings.CutPrefix(line, "next "); ok {
		name, hour, _ := strings.Cut(strings.ToLower(rest), " ")
		day, known := weekdays[name]
		if !known {
			return now, true, fmt.Errorf("%q is no day of the week", name)
		}
		to, err := at(nextDay(now, day), hour)
		return to, true, err
	}
	if rest, ok := strings.CutPrefix(line, "at "); ok {
		day, hour, _ := strings.Cut(rest, " ")
		date, err := time.ParseInLocation(time.DateOnly, day, now.Location())
		if err != nil {
			return now, true, fmt.Errorf("%q is no date; write it like 2026-11-23", day)
		}
		to, err := at(date, hour)
		if err == nil && s.stop != nil && to.Before(now) {
			err = errors.New("the clock cannot go back once Palabre has begun")
		}
		return to, true, err
	}
	return now, false, nil
}

// nextDay is the beginning of the next such day, never today.
func nextDay(now time.Time, day time.Weekday) time.Time {
	ahead := (int(day)-int(now.Weekday())+6)%7 + 1
	return time.Date(now.Year(), now.Month(), now.Day()+ahead, 0, 0, 0, 0, now.Location())
}

// at is an hour ("18:00", "18:00:30") of a day; its beginning when none is given.
func at(day time.Time, hour string) (time.Time, error) {
	if hour == "" {
		return day, nil
	}
	parts := append(strings.Split(hour, ":"), "0")
	if len(parts) < 3 {
		return day, fmt.Errorf("%q is no hour; write it like 18:00", hour)
	}
	var n [3]int
	for i := range n {
		var err error
		if n[i], err = strconv.Atoi(parts[i]); err != nil {
			return day, fmt.Errorf("%q is no hour; write it like 18:00", hour)
		}
	}
	return time.Date(day.Year(), day.Month(), day.Day(), n[0], n[1], n[2], 0, day.Location()), nil
}

// Memory is where Palabre keeps what it knows in this session; nil before it began.
func (s *Session) Memory() *store.Store { return s.store }
