package discordtest

// Invite makes an invitation to the guild.
func (g Guild) Invite(code string) {
	g.server.mu.Lock()
	defer g.server.mu.Unlock()
	g.server.invites[code] = g.ID
}

// getInvite tells where an invitation leads, also to whoever is not there.
func getInvite(s *Server, a *ask) (any, *problem) {
	code := a.PathValue("code")
	g := s.guilds[s.invites[code]]
	if g == nil {
		return nil, unknown(10006, "Invite")
	}
	about := object{
		"id": g.id, "name": g.name, "splash": nil, "banner": nil, "description": nil, "icon": nil, "features": []string{},
		"verification_level": 1, "vanity_url_code": nil, "nsfw_level": 0, "nsfw": false, "premium_subscription_count": 0,
	}
	return object{
		"type": 0, "code": code, "expires_at": nil, "guild": about, "guild_id": g.id,
		"channel": object{"id": g.id, "type": kindText, "name": "general"},
	}, nil
}
