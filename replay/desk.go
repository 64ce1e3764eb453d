package replay

import (
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/config"
)

// desk is what the readers of all files share: the configuration's rooms and people, and the survey.
type desk struct {
	cfg    *config.Config
	staff  []string // ids or names of moderators, beside what the export tells
	survey Survey
	parts  map[partKey]int
}

type partKey struct {
	file string
	room chat.RoomRef
}

func (d *desk) skipped(mistake string) {
	d.survey.Skipped++
	if len(d.survey.Mistakes) < MostMistakes {
		d.survey.Mistakes = append(d.survey.Mistakes, mistake)
	}
}

// part is the survey's entry for a room of a file.
func (d *desk) part(key partKey, format, name string) *Part {
	i, known := d.parts[key]
	if !known {
		i = len(d.survey.Parts)
		d.parts[key] = i
		d.survey.Parts = append(d.survey.Parts, Part{File: key.file, Format: format, Room: name})
	}
	return &d.survey.Parts[i]
}

// logical is the configuration's name of a room: by its id, else by its own name.
func (d *desk) logical(p chat.Platform, id, name string) (logical string, byName bool) {
	for _, room := range d.cfg.Rooms {
		if room.IDs[p] != "" && (room.IDs[p] == id || strings.EqualFold(localpart(room.IDs[p]), "#"+name)) {
			return room.Name, room.IDs[p] != id
		}
	}
	for _, room := range d.cfg.Rooms {
		if strings.EqualFold(room.Name, name) {
			return room.Name, true
		}
	}
	return "", false
}

// localpart is an alias without its server: "#general".
func localpart(alias string) string {
	local, _, _ := strings.Cut(alias, ":")
	return local
}

// known completes who somebody is by what the configuration and the caller say.
func (d *desk) known(a *chat.Actor, ignore []string, names ...string) {
	a.Person = chat.PersonOf(a.MemberRef)
	names = append(names, a.ID, a.Name)
	if a.Kind == chat.Human && slices.ContainsFunc(ignore, func(glob string) bool {
		return slices.ContainsFunc(names, func(name string) bool { return matches(glob, name) })
	}) {
		a.Kind = chat.Puppet
	}
	if slices.ContainsFunc(names, func(name string) bool { return slices.Contains(d.staff, name) }) {
		a.Standing = max(a.Standing, chat.StandingModerator)
	}
}

// matches tells whether s matches a pattern in which * stands for any characters and ? for one.
func matches(pattern, s string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if len(s) < len(before) || !sameBytes(before, s[:len(before)]) {
		return false
	}
	s = s[len(before):]
	if !star {
		return s == ""
	}
	for ; s != ""; s = s[1:] {
		if matches(after, s) {
			return true
		}
	}
	return strings.Trim(after, "*") == ""
}

func sameBytes(pattern, s string) bool {
	for i := range len(pattern) {
		if pattern[i] != '?' && pattern[i] != s[i] {
			return false
		}
	}
	return true
}

// snowflakeTime is when the thing of an id on Discord was made; zero when it is no id.
func snowflakeTime(id string) time.Time {
	var n uint64
	for _, c := range []byte(id) {
		if c < '0' || c > '9' || n > 1<<60 {
			return time.Time{}
		}
		n = n*10 + uint64(c-'0')
	}
	if n>>22 == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n>>22) + 1420070400000).UTC() // ids count from the first millisecond of 2015
}
