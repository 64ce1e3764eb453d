package discordtest

// Sessions gives the last sequence number of each session that can still be resumed.
func (s *Server) Sessions() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[string]int{}
	for id, ses := range s.gateway.sessions {
		if !ses.dead {
			out[id] = ses.seq
		}
	}
	return out
}

// Resumes is how often a session was resumed.
func (s *Server) Resumes() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ses := range s.gateway.sessions {
		n += ses.resumes
	}
	return n
}
