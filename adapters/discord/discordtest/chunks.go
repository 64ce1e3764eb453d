package discordtest

import (
	"encoding/json"
	"slices"
)

const chunkSize = 1000

// chunk answers a request for members: all, some by id, or those whose names begin in a way.
func (s *Server) chunk(c *conn, data json.RawMessage) {
	if c.session == nil {
		s.close(c, 4003)
		return
	}
	var r struct {
		Guild string          `json:"guild_id"`
		Query *string         `json:"query"`
		Limit int             `json:"limit"`
		Users json.RawMessage `json:"user_ids"`
		Nonce string          `json:"nonce"`
	}
	_ = json.Unmarshal(data, &r) // what cannot be read asks for nobody
	g := s.guilds[r.Guild]
	if g == nil || c.session.intents&intentMembers == 0 && r.Query != nil && *r.Query == "" && r.Limit == 0 {
		return
	}
	found, missing := s.wanted(g, r.Query, r.Limit, several(r.Users))
	chunks := slices.Collect(slices.Chunk(found, chunkSize))
	if len(chunks) == 0 {
		chunks = [][]object{{}}
	}
	for i, members := range chunks {
		o := object{"guild_id": g.id, "members": members, "chunk_index": i, "chunk_count": len(chunks)}
		if r.Nonce != "" {
			o["nonce"] = r.Nonce
		}
		if len(missing) > 0 {
			o["not_found"] = missing
		}
		s.event(c.session, "GUILD_MEMBERS_CHUNK", o)
	}
}

// several reads one id or a list of them.
func several(data json.RawMessage) []string {
	var many []string
	var one string
	if json.Unmarshal(data, &many) == nil {
		return many
	}
	if json.Unmarshal(data, &one) == nil {
		return []string{one}
	}
	return nil
}

func (s *Server) wanted(g *guild, query *string, limit int, ids []string) (found []object, missing []string) {
	found = []object{}
	for _, id := range ids {
		if m := g.members[id]; m != nil {
			found = append(found, m.object())
		} else {
			missing = append(missing, id)
		}
	}
	if query == nil || len(ids) > 0 {
		return found, missing
	}
	for _, id := range g.order {
		m := g.members[id]
		if m != nil && named(m, *query) && (limit == 0 || len(found) < limit) {
			found = append(found, m.object())
		}
	}
	return found, nil
}
