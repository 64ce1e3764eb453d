package discordtest

import (
	"encoding/json"
	"slices"
	"time"
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
	g, all := s.guilds[r.Guild], r.Query != nil && *r.Query == "" && r.Limit == 0
	if g == nil || g.members[s.app] == nil || all && c.session.intents&intentMembers == 0 {
		return
	}
	if all {
		if after := g.listed.take(s.now(), Limit{1, s.options.ListEvery}); after > 0 {
			s.refuseList(c.session, g, r.Nonce, after)
			return
		}
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

// refuseList tells that nobody is granted all members of a guild now.
func (s *Server) refuseList(ses *session, g *guild, nonce string, after time.Duration) {
	meta := object{"guild_id": g.id}
	if nonce != "" {
		meta["nonce"] = nonce
	}
	s.event(ses, "RATE_LIMITED", object{"opcode": opMembers, "retry_after": after.Seconds(), "meta": meta})
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
