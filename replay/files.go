package replay

import (
	"cmp"
	"container/heap"
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

	open    []*file
	waiting queue                   // those that have more
	met     map[chat.MemberRef]bool // on Matrix, where joining a room is not joining the community
	seen    *recently
	staff   map[chat.MemberRef]bool
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
		if err := filepath.WalkDir(path, f.find(path)); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%w: there is no %s", ErrNothing, path)
		} else if err != nil {
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
	if err := f.begin(); err != nil {
		return err
	}
	for n := 0; len(f.waiting) > 0; n++ {
		if n%1000 == 0 {
			f.report()
			if err := ctx.Err(); err != nil {
				return err
			}
		}
		from := f.waiting[0]
		ev := from.take()
		if err := f.goOn(from); err != nil {
			return err
		}
		if !f.counts(from, &ev) {
			continue
		}
		if err := visit(&ev); err != nil {
			return err
		}
	}
	f.ended()
	return nil
}

// begin opens the files and finds the first event of each.
func (f *Files) begin() error {
	for _, name := range f.names {
		one, err := openFile(name, f.desk)
		if err != nil {
			f.desk.skipped(err.Error())
			continue
		}
		f.open = append(f.open, one)
		first, err := one.peek()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if first != nil {
			heap.Push(&f.waiting, one)
		}
	}
	if len(f.open) == 0 {
		return fmt.Errorf("%w:\n%s", ErrNothing, strings.Join(f.desk.survey.Mistakes, "\n"))
	}
	return nil
}

// goOn puts the file of which an event was taken at its new place, or away at its end.
func (f *Files) goOn(from *file) error {
	next, err := from.peek()
	switch {
	case err != nil:
		return fmt.Errorf("%s: %w", from.name, err)
	case next == nil:
		heap.Pop(&f.waiting)
	default:
		heap.Fix(&f.waiting, 0)
	}
	return nil
}

// queue has the file whose next event is the oldest first; of two at the same moment the one by the lower name.
type queue []*file

func (q queue) Len() int      { return len(q) }
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }
func (q queue) Less(i, j int) bool {
	a, b := &q[i].ready[0], &q[j].ready[0]
	return cmp.Or(a.At.Compare(b.At), strings.Compare(q[i].name, q[j].name)) < 0
}

// Push and Pop are for package heap.
func (q *queue) Push(one any) { *q = append(*q, one.(*file)) }

// Pop takes the last one.
func (q *queue) Pop() any {
	last := len(*q) - 1
	one := (*q)[last]
	*q = (*q)[:last]
	return one
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
