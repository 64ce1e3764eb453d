package discordtest

import (
	"slices"
	"strconv"
)

// putOverwrite allows and denies a role or a member in a channel: only what the bot may do itself.
func putOverwrite(s *Server, a *ask, c *channel) (any, *problem) {
	var body struct {
		Type  int    `json:"type"`
		Allow string `json:"allow"`
		Deny  string `json:"deny"`
	}
	if problem := a.read(&body); problem != nil {
		return nil, problem
	}
	if problem := s.need(a.by, c, ManageRoles); problem != nil {
		return nil, problem
	}
	allow, err := strconv.ParseUint(body.Allow, 10, 64)
	deny, err2 := strconv.ParseUint(body.Deny, 10, 64)
	if err != nil || err2 != nil {
		return nil, malformed("allow", "Value is not a permission.")
	}
	id := a.PathValue("overwrite")
	before := c.overwriteOf(id)
	if changed := (allow &^ before.allow) | (deny &^ before.deny); changed&^c.guild.permissions(c.guild.members[a.by.id], nil, s.now()) != 0 {
		return nil, missingPermissions()
	}
	c.overwrites = slices.DeleteFunc(slices.Clone(c.overwrites), func(o overwrite) bool { return o.id == id })
	c.overwrites = append(c.overwrites, overwrite{id, body.Type == 1, allow, deny})
	s.effect(a.by, Effect{Kind: "overwrite", Channel: c.id, Target: id, Reason: a.reason})
	s.tell("CHANNEL_UPDATE", c.guild, c, c.object())
	return nil, nil
}

func dropOverwrite(s *Server, a *ask, c *channel) (any, *problem) {
	if problem := s.need(a.by, c, ManageRoles); problem != nil {
		return nil, problem
	}
	id := a.PathValue("overwrite")
	if !slices.ContainsFunc(c.overwrites, func(o overwrite) bool { return o.id == id }) {
		return nil, unknown(10009, "Overwrite")
	}
	c.overwrites = slices.DeleteFunc(slices.Clone(c.overwrites), func(o overwrite) bool { return o.id == id })
	s.effect(a.by, Effect{Kind: "overwrite", Channel: c.id, Target: id, Reason: a.reason})
	s.tell("CHANNEL_UPDATE", c.guild, c, c.object())
	return nil, nil
}

func (c *channel) overwriteOf(id string) overwrite {
	i := slices.IndexFunc(c.overwrites, func(o overwrite) bool { return o.id == id })
	if i < 0 {
		return overwrite{id: id}
	}
	return c.overwrites[i]
}

// Overwrites gives a channel's overwrites as they stand: what each allows and denies, by the role's or member's id.
func (s *Server) Overwrites(channel string) map[string][2]uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string][2]uint64{}
	for _, o := range s.channels[channel].overwrites {
		out[o.id] = [2]uint64{o.allow, o.deny}
	}
	return out
}

// Slowed is how many seconds a channel's slowmode lasts; zero: it has none.
func (s *Server) Slowed(channel string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.channels[channel].slowmode
}
