package matrix

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"maunium.net/go/mautrix"

	"palabre/chat"
)

// ensureReady discovers the rooms once, whoever needs them first.
func (a *Adapter) ensureReady(ctx context.Context) error {
	a.setup.Lock()
	defer a.setup.Unlock()
	if a.ready {
		return nil
	}
	if err := a.tryDiscover(ctx); err != nil {
		return err
	}
	a.ready = true
	return nil
}

// halfKnown is how long a homeserver may fail half-way before we begin without the rooms that it does not give: what
// happens in a room that we do not know is not seen, and nobody is sanctioned there.
const halfKnown = 30 * time.Second

// tryDiscover discovers the rooms and notes since when that fails. setup is held.
func (a *Adapter) tryDiscover(ctx context.Context) error {
	err := a.discover(ctx)
	switch {
	case err == nil:
		a.failing = time.Time{}
	case a.failing.IsZero():
		a.failing = a.opts.Clock()
	}
	return err
}

// rediscover looks again after the space or our rooms changed.
func (a *Adapter) rediscover(ctx context.Context) error {
	a.setup.Lock()
	defer a.setup.Unlock()
	err := a.tryDiscover(ctx)
	if err != nil {
		a.mu.Lock()
		a.incomplete = true
		a.mu.Unlock()
	}
	return err
}

// discover finds the rooms to protect, enters those that it can and reads their state. A room that cannot
// be had is noted and does not hold up the others; an error is the homeserver's not answering at all.
func (a *Adapter) discover(ctx context.Context) error {
	if err := a.whoami(ctx); err != nil {
		return err
	}
	found, troubles, err := a.findRooms(ctx)
	if err != nil {
		return err
	}
	var joined struct {
		Rooms []string `json:"joined_rooms"`
	}
	if err := a.get(ctx, &joined, nil, "v3", "joined_rooms"); err != nil {
		return fmt.Errorf("matrix: our rooms: %w", err)
	}
	here := map[string]bool{}
	for _, id := range joined.Rooms {
		here[id] = true
	}
	for id, logical := range found {
		err := a.enter(ctx, id, logical, here[id])
		if a.mustStop(ctx, err) {
			return err
		}
		if err != nil {
			troubles = append(troubles, trouble{id: id, logical: logical, what: "cannot be joined", why: err.Error()})
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.wanted, a.incomplete = found, len(troubles) > 0
	a.troubles = append(a.troubles, troubles...)
	return nil
}

// mustStop tells the errors that concern more than one room, and those that may be over when we try again.
func (a *Adapter) mustStop(ctx context.Context, err error) bool {
	if ctx.Err() != nil || errors.Is(err, chat.ErrStopped) {
		return true
	}
	var retry *chat.RetryError
	passing := errors.As(err, &retry)
	lately := a.failing.IsZero() || a.opts.Clock().Sub(a.failing) < halfKnown
	return passing && !errors.Is(err, errSuspended) && (retry.Limited || errors.Is(err, errUnreachable) || lately)
}

// identify makes sure, once, that the token belongs to our account, before anything is done in its name: what waits to be
// sent must not go out as somebody else's words.
func (a *Adapter) identify(ctx context.Context) error {
	a.naming.Lock()
	defer a.naming.Unlock()
	if a.named {
		return nil
	}
	err := a.whoami(ctx)
	a.named = err == nil
	return err
}

func (a *Adapter) whoami(ctx context.Context) error {
	var me struct {
		User string `json:"user_id"`
	}
	if err := a.get(ctx, &me, nil, "v3", "account", "whoami"); err != nil {
		return fmt.Errorf("matrix: who we are: %w", err)
	}
	if me.User != a.self {
		return a.api.stop(fmt.Errorf("matrix: %w: the token belongs to %s, the configuration says %s", chat.ErrStopped, me.User, a.self))
	}
	return nil
}

// findRooms resolves the configured names and the space's children: room id -> logical name.
func (a *Adapter) findRooms(ctx context.Context) (map[string]string, []trouble, error) {
	found, troubles := map[string]string{}, []trouble(nil)
	if a.opts.Space != "" {
		children, err := a.spaceRooms(ctx)
		if a.mustStop(ctx, err) {
			return nil, nil, err
		}
		if err != nil {
			troubles = append(troubles, trouble{id: a.opts.Space, what: "space cannot be read", why: err.Error()})
		}
		for _, id := range children {
			found[id] = ""
		}
	}
	for _, r := range a.opts.Rooms {
		id, err := a.resolve(ctx, r.ID)
		if a.mustStop(ctx, err) {
			return nil, nil, err
		}
		if err != nil {
			troubles = append(troubles, trouble{id: r.ID, logical: r.Logical, what: "cannot be found", why: err.Error()})
			continue
		}
		found[id] = r.Logical
	}
	return found, troubles, nil
}

// spaceRooms gives the space itself and all rooms below it, those that we may not see left out.
func (a *Adapter) spaceRooms(ctx context.Context) ([]string, error) {
	space, err := a.resolve(ctx, a.opts.Space)
	if err != nil {
		return nil, err
	}
	if err := a.join(ctx, space); err != nil {
		return nil, err
	}
	out := []string{space}
	query := map[string]string{"limit": "100"}
	for range maxHierarchyPages {
		var page struct {
			Rooms []spaceRoom `json:"rooms"`
			Next  string      `json:"next_batch"`
		}
		if err := a.get(ctx, &page, query, "v1", "rooms", space, "hierarchy"); err != nil {
			return out, err
		}
		for _, r := range page.Rooms {
			out = append(out, r.ID)
			a.learnWays(r)
		}
		if page.Next == "" {
			break
		}
		query["from"] = page.Next
	}
	return out, nil
}

// spaceRoom is one room of a space, and the ways into those below it.
type spaceRoom struct {
	ID       string `json:"room_id"`
	Children []struct {
		ID      string `json:"state_key"`
		Content struct {
			Via []string `json:"via"`
		} `json:"content"`
	} `json:"children_state"`
}

func (a *Adapter) learnWays(r spaceRoom) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, child := range r.Children {
		if len(child.Content.Via) > 0 {
			a.ways[child.ID] = child.Content.Via[0]
		}
	}
}

// join enters a room, through a server that is known to be in it when ours is not.
func (a *Adapter) join(ctx context.Context, id string) error {
	a.mu.Lock()
	via := a.ways[id]
	a.mu.Unlock()
	query := map[string]string{}
	if via != "" {
		query["via"], query["server_name"] = via, via // the new name and the old one
	}
	return a.api.do(ctx, call{lane: stateLane(id), method: http.MethodPost, path: []any{"v3", "join", id}, query: query})
}

// maxHierarchyPages bounds a space: 10 pages of 100 rooms.
const maxHierarchyPages = 10

// resolve gives the room id of an alias; ids stand for themselves.
func (a *Adapter) resolve(ctx context.Context, name string) (string, error) {
	if !strings.HasPrefix(name, "#") {
		return name, nil
	}
	a.mu.Lock()
	id, ok := a.aliases[name]
	a.mu.Unlock()
	if ok {
		return id, nil
	}
	var found struct {
		Room    string   `json:"room_id"`
		Servers []string `json:"servers"`
	}
	if err := a.get(ctx, &found, nil, "v3", "directory", "room", name); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.aliases[name] = found.Room
	if len(found.Servers) > 0 {
		a.ways[found.Room] = found.Servers[0]
	}
	return found.Room, nil
}

// enter joins a room if we are not in it and takes it under protection; a room that is protected already
// stays as it is.
func (a *Adapter) enter(ctx context.Context, id, logical string, joined bool) error {
	if !joined {
		if err := a.join(ctx, id); err != nil {
			return err
		}
	}
	a.mu.Lock()
	known := a.dir.rooms[id]
	if known != nil {
		known.logical = logical
	}
	a.mu.Unlock()
	if known != nil {
		return nil
	}
	return a.protect(ctx, id, logical)
}

// protect reads a room's power levels, maker and members.
func (a *Adapter) protect(ctx context.Context, id, logical string) error {
	r := &room{id: id, logical: logical}
	made, err := a.creation(ctx, id)
	if err != nil {
		return err
	}
	r.apply(made)
	power, err := a.powerLevels(ctx, id)
	if err != nil {
		return err
	}
	r.setPower(power)
	members, err := a.members(ctx, id)
	if err != nil {
		return err
	}
	encrypted, err := a.encrypted(ctx, id)
	if err != nil {
		return err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.dir.rooms[id] = r
	a.dir.load(r, members, a.self)
	if encrypted {
		a.troubles = append(a.troubles, trouble{id: id, logical: logical, what: whyEncrypted})
	}
	return nil
}

// creation reads who made a room. Where a server tells the content alone, the maker is found through the
// event itself, whose id is the room's from version 12 on: the first version in which makers outrank levels.
func (a *Adapter) creation(ctx context.Context, id string) (wireEvent, error) {
	ev, err := a.stateEvent(ctx, id, "m.room.create", "")
	if err != nil || ev.Sender != "" {
		return ev, err
	}
	if ev.Sender = ev.Content.str("creator"); ev.Sender != "" || !creationOf(ev).privileged() {
		return ev, nil
	}
	return a.event(ctx, id, "$"+strings.TrimPrefix(id, "!"))
}

func (a *Adapter) encrypted(ctx context.Context, id string) (bool, error) {
	_, err := a.stateEvent(ctx, id, "m.room.encryption", "")
	if errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrForbidden) {
		return false, nil
	}
	return err == nil, err
}

// stateEvent reads one piece of state with who set it and when. Servers that only tell the content leave
// the rest empty.
func (a *Adapter) stateEvent(ctx context.Context, id, eventType, key string) (wireEvent, error) {
	o, err := a.object(ctx, id, map[string]string{"format": "event"}, "v3", "rooms", id, "state", eventType, key)
	if err != nil {
		return wireEvent{}, err
	}
	if ev, ok := eventOf(o); ok {
		return ev, nil
	}
	return wireEvent{Type: eventType, StateKey: &key, Content: o}, sound(eventType, o)
}

// event reads one event of a room.
func (a *Adapter) event(ctx context.Context, id, event string) (wireEvent, error) {
	o, err := a.object(ctx, id, nil, "v3", "rooms", id, "event", event)
	if err != nil {
		return wireEvent{}, err
	}
	ev, ok := eventOf(o)
	if !ok {
		return wireEvent{}, &chat.RetryError{Err: fmt.Errorf("%s: %w", event, errForeign)}
	}
	return ev, nil
}

// powerLevels reads a room's power levels fresh, nil when it has none.
func (a *Adapter) powerLevels(ctx context.Context, id string) (object, error) {
	o, err := a.object(ctx, id, nil, "v3", "rooms", id, "state", powerType, "")
	if errors.Is(err, chat.ErrGone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return o, sound(powerType, o)
}

// members reads who is in a room and who is banned from it. Of a room with too many to read, nobody is known:
// whoever speaks there is then met one by one.
func (a *Adapter) members(ctx context.Context, id string) ([]wireEvent, error) {
	var out []wireEvent
	for _, membership := range []string{"join", "ban"} {
		var page messagesResponse
		query := map[string]string{"membership": membership}
		err := a.get(ctx, &page, query, "v3", "rooms", id, "members")
		if errors.Is(err, mautrix.ErrBodyReadReachedLimit) || errors.Is(err, mautrix.ErrResponseTooLong) {
			a.log.Warn("matrix: too many members to read", "room", id, "err", err)
			a.mu.Lock()
			a.dir.crowded = true
			a.mu.Unlock()
			continue
		}
		if err != nil {
			return nil, err
		}
		events, _ := readEvents(page.Chunk)
		out = append(out, events...)
	}
	return out, nil
}

// object reads a JSON object of which nothing is trusted.
func (a *Adapter) object(ctx context.Context, id string, query map[string]string, path ...any) (object, error) {
	var raw json.RawMessage
	if err := a.api.do(ctx, call{lane: stateLane(id), method: http.MethodGet, path: path, query: query, out: &raw}); err != nil {
		return nil, err
	}
	o, err := decodeObject(raw)
	if err != nil {
		return nil, &chat.RetryError{Err: fmt.Errorf("read the homeserver's answer: %w", err)}
	}
	return o, nil
}

func (a *Adapter) get(ctx context.Context, out any, query map[string]string, path ...any) error {
	return a.api.do(ctx, call{method: http.MethodGet, path: path, query: query, out: out})
}
