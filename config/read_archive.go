package config

import (
	"slices"
	"time"

	"palabre/internal/yamlsrc"
)

// Bounds of how long texts may be kept.
const (
	shortestKeep = time.Hour
	longestKeep  = 365 * 24 * time.Hour
)

func (r *reader) archive(v yamlsrc.Value) {
	r.read(v.About("archive"), archiveKeys)
	if a := r.cfg.Archive; a.Keep > 0 && a.Evidence > a.Keep {
		v.Errorf("lower evidence, or raise keep", "archive: evidence is kept longer than everything else")
	}
}

// archiveRooms reads rooms and groups of rooms.
func (r *reader) archiveRooms(v yamlsrc.Value) {
	list, ok := v.List()
	if ok && len(list) == 0 {
		v.Errorf("name a room, or remove the archive", "the archive keeps no room")
	}
	for _, item := range list {
		name, ok := item.Text()
		if !ok {
			continue
		}
		rooms, isGroup := r.cfg.Groups[name]
		if !isGroup {
			rooms = []string{name}
			ok = r.knows(item, name)
		}
		for _, room := range rooms {
			if ok && !slices.Contains(r.cfg.Archive.Rooms, room) {
				r.cfg.Archive.Rooms = append(r.cfg.Archive.Rooms, room)
			}
		}
	}
}

func archiveFor(field func(*Archive) *time.Duration) func(*reader, yamlsrc.Value) {
	return func(r *reader, v yamlsrc.Value) {
		if d, ok := v.Duration(shortestKeep, longestKeep); ok {
			*field(&r.cfg.Archive) = d
		}
	}
}
