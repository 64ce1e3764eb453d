package discordtest

import (
	"net/http"
	"slices"
	"time"
)

func getChannel(s *Server, _ *ask, c *channel) (any, *problem) {
	o := c.object()
	if c.recipient != "" {
		o["recipients"] = []object{s.users[c.recipient].object()}
	}
	return o, nil
}

func patchChannel(s *Server, a *ask, c *channel) (any, *problem) {
	var body struct {
		Name     *string   `json:"name"`
		Topic    *string   `json:"topic"`
		Slowmode *int      `json:"rate_limit_per_user"`
		Archived *bool     `json:"archived"`
		Locked   *bool     `json:"locked"`
		Archive  *int      `json:"auto_archive_duration"`
		Tags     *[]string `json:"applied_tags"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	need := ManageChannels
	if c.thread() {
		need = ManageThreads
	}
	if c.owner != a.by.id || body.Locked != nil {
		if problem := s.need(a.by, c, need); problem != nil {
			return nil, problem
		}
	}
	if body.Name != nil || body.Topic != nil {
		if after := s.renaming(c).take(s.now(), renameLimit); after > 0 {
			return nil, &problem{status: http.StatusTooManyRequests, after: after}
		}
	}
	before := c.name
	set(&c.name, body.Name)
	set(&c.topic, body.Topic)
	set(&c.slowmode, body.Slowmode)
	set(&c.locked, body.Locked)
	set(&c.archive, body.Archive)
	set(&c.applied, body.Tags)
	if body.Archived != nil && *body.Archived != c.archived {
		c.archived, c.changed = *body.Archived, s.now()
	}
	if c.slowmode < 0 || c.slowmode > 21600 {
		return nil, malformed("rate_limit_per_user", "int value should be between 0 and 21600.")
	}
	if c.thread() {
		s.threadChanged(a.by, c, before, a.reason)
		return c.object(), nil
	}
	s.tell("CHANNEL_UPDATE", c.guild, c, c.object())
	return c.object(), nil
}

// renameLimit is how often a channel may get another name or topic: a limit of its own, which no header tells.
var renameLimit = Limit{2, 10 * time.Minute}

func (s *Server) renaming(c *channel) *bucket {
	if s.renames[c.id] == nil {
		s.renames[c.id] = &bucket{}
	}
	return s.renames[c.id]
}

// threadChanged notes and tells what somebody made of a thread.
func (s *Server) threadChanged(by *user, c *channel, before, reason string) {
	e := entry{by: by.id, target: c.id, action: auditThread, reason: reason}
	if before != c.name {
		e.changes = []object{changed("name", before, c.name)}
	}
	s.tell("THREAD_UPDATE", c.guild, c, c.object())
	s.note(c.guild, e)
}

func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

func deleteChannel(s *Server, a *ask, c *channel) (any, *problem) {
	need, name := ManageChannels, "CHANNEL_DELETE"
	o := c.object()
	if c.thread() {
		need, name = ManageThreads, "THREAD_DELETE"
		o = object{"id": c.id, "guild_id": c.guild.id, "parent_id": c.parent.id, "type": c.kind}
	}
	if problem := s.need(a.by, c, need); problem != nil {
		return nil, problem
	}
	full := c.object()
	s.tell(name, c.guild, c, o)
	if c.thread() {
		s.note(c.guild, entry{by: a.by.id, target: c.id, action: auditThreadGone, reason: a.reason})
	}
	delete(s.channels, c.id)
	c.guild.channels = slices.DeleteFunc(c.guild.channels, func(o *channel) bool { return o == c })
	return full, nil
}

func typing(*Server, *ask, *channel) (any, *problem) { return nil, nil }

func newThread(s *Server, a *ask, c *channel) (any, *problem) { return s.createThread(a, c, nil) }

func threadFrom(s *Server, a *ask, m *message) (any, *problem) {
	return s.createThread(a, m.channel, m)
}

func (s *Server) createThread(a *ask, c *channel, from *message) (any, *problem) {
	var d threadDraft
	if problem := a.read(&d); problem != nil {
		return nil, problem
	}
	if d.Message != nil {
		d.Message.files = a.files
	}
	t, first, problem := s.thread(a.by, c, from, d)
	if problem != nil {
		return nil, problem
	}
	o := t.object()
	o["member"] = t.memberObject(a.by.id)
	if first != nil {
		o["message"] = first.object(s.app)
	}
	return made{http.StatusCreated, o}, nil
}

func archived(s *Server, a *ask, c *channel) (any, *problem) {
	threads := []object{}
	for _, t := range slices.Backward(s.threads(c.guild)) {
		if t.parent == c && t.archived && t.kind != kindPrivate {
			threads = append(threads, t.object())
		}
	}
	return object{"threads": threads, "members": []object{}, "has_more": false}, nil
}

func joinThread(s *Server, a *ask, c *channel) (any, *problem) {
	if !c.thread() {
		return nil, refuse(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	}
	s.enterThread(c, a.by.id)
	return nil, nil
}

func threadMembers(_ *Server, _ *ask, c *channel) (any, *problem) {
	out := []object{}
	for _, id := range c.members {
		out = append(out, c.memberObject(id))
	}
	return out, nil
}

func (s *Server) pinnedIn(c *channel) []*message {
	var out []*message
	for _, m := range c.messages {
		if !m.deleted && !m.pinned.IsZero() {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b *message) int { return b.pinned.Compare(a.pinned) })
	return out
}

func getPinsOld(s *Server, _ *ask, c *channel) (any, *problem) {
	out := []object{}
	for _, m := range s.pinnedIn(c) {
		out = append(out, s.fetched(m))
	}
	return out[:min(50, len(out))], nil
}

func getPins(s *Server, a *ask, c *channel) (any, *problem) {
	items := []object{}
	for _, m := range s.pinnedIn(c) {
		items = append(items, object{"pinned_at": stamp(m.pinned), "message": s.fetched(m)})
	}
	limit := a.number("limit", 50, 1, 50)
	return object{"items": items[:min(limit, len(items))], "has_more": len(items) > limit}, nil
}

func putPin(s *Server, a *ask, m *message) (any, *problem)  { return nil, s.pin(a.by, m, a.reason) }
func dropPin(s *Server, a *ask, m *message) (any, *problem) { return nil, s.unpin(a.by, m, a.reason) }
