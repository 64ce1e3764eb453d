package matrix

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"palabre/adapters"
	"palabre/chat"
)

// Examine looks whether the token works, and in each configured room whether we are there, can read it and may do
// what we need. It enters no room. See adapters.Doctor.
func (a *Adapter) Examine(ctx context.Context) []adapters.Finding {
	switch err := a.whoami(ctx); {
	case errors.Is(err, chat.ErrStopped):
		return []adapters.Finding{wrong("token", err, nil)}
	case err != nil:
		return []adapters.Finding{wrong("unreachable", err, nil)}
	}
	var joined struct {
		Rooms []string `json:"joined_rooms"`
	}
	if err := a.get(ctx, &joined, nil, "v3", "joined_rooms"); err != nil {
		return []adapters.Finding{wrong("unreachable", err, nil)}
	}
	found := []adapters.Finding{{OK: true, What: chat.Say("doctor.matrix.account", chat.Args{"user": a.self})}}
	rooms := a.opts.Rooms
	if a.opts.Space != "" {
		rooms = append([]adapters.Room{{Logical: a.opts.Space, ID: a.opts.Space}}, rooms...)
	}
	for _, r := range rooms {
		found = append(found, a.examineRoom(ctx, r, joined.Rooms))
	}
	return append(found, a.examineLimit(ctx)...)
}

// examineLimit advises to have the limit of what our account writes lifted, unless the homeserver is known to have none
// like Synapse's. Only an admin could tell whether it was lifted before.
func (a *Adapter) examineLimit(ctx context.Context) []adapters.Finding {
	var told struct {
		Server struct {
			Name string `json:"name"`
		} `json:"server"`
	}
	err := a.api.do(ctx, call{method: http.MethodGet, root: true, path: []any{"_matrix", "federation", "v1", "version"}, out: &told})
	if name := told.Server.Name; err != nil || name != "" && !strings.EqualFold(name, "synapse") {
		return nil
	}
	advice := wrong("limit", nil, chat.Args{"user": a.self, "call": liftLimit(a.opts.Homeserver, a.self)})
	advice.OK = true
	return []adapters.Finding{advice}
}

// liftLimit is the call by which an admin of a Synapse lifts an account's limit.
func liftLimit(homeserver, user string) string {
	return `curl -X POST -H "Authorization: Bearer $ADMIN_TOKEN" -d '{"messages_per_second": 0, "burst_count": 0}' ` +
		strings.TrimRight(homeserver, "/") + "/_synapse/admin/v1/users/" + user + "/override_ratelimit"
}

func wrong(what string, err error, args chat.Args) adapters.Finding {
	if args == nil {
		args = chat.Args{}
	}
	if err != nil {
		args["error"] = chat.Excerpt(err.Error())
	}
	key := "doctor.matrix." + what
	return adapters.Finding{What: chat.Say(key, args), Mend: chat.Say(key+".mend", args)}
}

func (a *Adapter) examineRoom(ctx context.Context, r adapters.Room, joined []string) adapters.Finding {
	args := chat.Args{"room": r.Logical, "user": a.self}
	id, err := a.resolve(ctx, r.ID)
	if err != nil {
		return wrong("room.unknown", err, args)
	}
	if !slices.Contains(joined, id) {
		return wrong("room.outside", nil, args)
	}
	power, err := a.powerLevels(ctx, id)
	if err != nil {
		return wrong("room.unknown", err, args)
	}
	made, err := a.creation(ctx, id)
	if err != nil {
		return wrong("room.unknown", err, args)
	}
	if encrypted, err := a.encrypted(ctx, id); err == nil && encrypted {
		return wrong("room.encrypted", nil, args)
	}
	if lacking, level := lacks(levelsOf(power, creationOf(made)), a.self); len(lacking) > 0 {
		args["rights"], args["level"] = lacking, int(level)
		return wrong("room.rights", nil, args)
	}
	return adapters.Finding{OK: true, What: chat.Say("doctor.matrix.room", args)}
}

// lacks lists what a user may not do in a room of what Palabre does there, and the level that all of it takes.
func lacks(l levels, user string) (lacking []chat.Arg, level int64) {
	for _, need := range []struct {
		right string
		level int64
	}{
		{"send", l.message("m.room.message")},
		{"react", l.message("m.reaction")},
		{"delete", max(l.redact, l.message("m.room.redaction"))},
		{"timeout", l.state(powerType)},
		{"kick", l.kick},
		{"ban", l.ban},
	} {
		level = max(level, need.level)
		if l.of(user) < need.level {
			lacking = append(lacking, chat.Say("doctor.right."+need.right, nil))
		}
	}
	return lacking, level
}

// message is the level that a kind of message needs.
func (l levels) message(eventType string) int64 {
	if n, ok := l.events[eventType]; ok {
		return n
	}
	return l.eventsDefault
}

var _ adapters.Doctor = (*Adapter)(nil)
