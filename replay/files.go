package replay

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"palabre/chat"
	"palabre/config"
)

// Files are exports of rooms, read together in the order of time.
type Files struct {
	names    []string
	desk     *desk
	total    int64
	progress func(read, total int64, messages int)
	messages int

	open  []*file
	met   map[chat.MemberRef]bool // on Matrix, where joining a room is not joining the community
	seen  *recently
	staff map[chat.MemberRef]bool
}

// Options are what reading files needs.
type Options struct {
	Config *config.Config // its rooms, accounts and standings
	Staff  []string       // ids or names of moderators, beside those whom the exports tell
	// Progress is called now and then with the bytes and the messages that were read; nil: never.
	Progress func(read, total int64, messages int)
}

// ErrNothing: no file could be used.
var ErrNothing = errors.New("no export can be read")

// NewFiles finds the exports: files, and all .json and .jsonl files of folders. Nothing is read before Each.
func NewFiles(paths []string, o Options) (*Files, error) {
	f := &Files{
		desk: &desk{cfg: o.Config, staff: o.Staff, parts: map[partKey]int{}}, progress: o.Progress,
		met: map[chat.MemberRef]bool{}, seen: newRecently(), staff: map[chat.MemberRef]bool{},
	}
	for _, path := range paths {
		if err := filepath.WalkDir(path, f.find(path)); err != nil {
			return nil, err
		}
	}
	if len(f.names) == 0 {
		return nil, fmt.Errorf("%w: there is no .json or .jsonl file in %s", ErrNothing, strings.Join(paths, ", "))
	}
	return f, nil
}

func (f *Files) find(path string) fs.WalkDirFunc {
	return func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		extension := strings.ToLower(filepath.Ext(name))
		if name != path && extension != ".json" && extension != ".jsonl" {
			return nil
		}
		info, err := os.Stat(name)
		if err != nil {
			return err
		}
		f.names = append(f.names, name)
		f.total += info.Size()
		return nil
	}
}

// Survey tells what was found.
func (f *Files) Survey() *Survey { return &f.desk.survey }

// Each reads the files together. What is no export is noted among the mistakes; ErrNothing when nothing else is there.
func (f *Files) Each(ctx context.Context, visit func(*chat.Event) error) error {
	defer f.close()
	for _, name := range f.names {
		one, err := openFile(name, f.desk)
		if err != nil {
			f.desk.skipped(err.Error())
			continue
		}
		f.open = append(f.open, one)
	}
	if len(f.open) == 0 {
		return fmt.Errorf("%w:\n%s", ErrNothing, strings.Join(f.desk.survey.Mistakes, "\n"))
	}
	for n := 0; ; n++ {
		one, err := f.oldest()
		if err != nil {
			return err
		}
		if one == nil {
			f.ended()
			return nil
		}
		ev := one.take()
		if n%1000 == 0 {
			f.report()
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		if !f.counts(one, &ev) {
			continue
		}
		if err := visit(&ev); err != nil {
			return err
		}
	}
}

// oldest is the file whose next event is the oldest; nil when all are at their end.
func (f *Files) oldest() (*file, error) {
	var best *file
	var first time.Time
	for _, one := range f.open {
		ev, err := one.peek()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", one.name, err)
		}
		if ev != nil && (best == nil || ev.At.Before(first)) {
			best, first = one, ev.At
		}
	}
	return best, nil
}

// counts tells whether an event is one that rules shall see, and notes it in the survey.
func (f *Files) counts(from *file, ev *chat.Event) bool {
	s := &f.desk.survey
	if f.seen.again(ev.ID, ev.At) {
		s.Repeated++
		return false
	}
	switch b := ev.Body.(type) {
	case chat.MemberJoined:
		if ev.Actor.Platform == chat.Matrix && f.met[ev.Actor.MemberRef] {
			return false // one more room of somebody who is here already
		}
		s.Joins++
	case chat.MemberLeft:
		delete(f.met, ev.Actor.MemberRef)
		return true
	case chat.MessageSent:
		f.desk.part(partKey{from.name, ev.Room.Parent()}, "", "").Messages++
		f.messages++
		if b.Content.IsZero() {
			s.Withdrawn++
		}
	}
	if ev.Actor.Platform == chat.Matrix {
		f.met[ev.Actor.MemberRef] = true
	}
	if ev.Actor.Kind == chat.Human && ev.Actor.Standing >= chat.StandingModerator && !f.staff[ev.Actor.MemberRef] {
		f.staff[ev.Actor.MemberRef] = true
		s.Staff++
	}
	return true
}

func (f *Files) report() {
	if f.progress == nil {
		return
	}
	var read int64
	for _, one := range f.open {
		read += one.cut.position()
	}
	f.progress(read, f.total, f.messages)
}

// ended tells that all was read, also what stands after the last records.
func (f *Files) ended() {
	if f.progress != nil {
		f.progress(f.total, f.total, f.messages)
	}
}

func (f *Files) close() {
	for _, one := range f.open {
		one.closer.Close()
	}
}

// recently remembers the ids of the last day at least, to know records that stand in two files.
type recently struct {
	now, old map[string]struct{}
	turned   time.Time
}

func newRecently() *recently {
	return &recently{now: map[string]struct{}{}}
}

func (r *recently) again(id string, at time.Time) bool {
	if at.Sub(r.turned) > 24*time.Hour {
		r.old, r.now, r.turned = r.now, map[string]struct{}{}, at
	}
	_, new := r.now[id]
	_, old := r.old[id]
	r.now[id] = struct{}{}
	return new || old
}
