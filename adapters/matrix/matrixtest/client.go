package matrixtest

import (
	"io"
	"net/http"
	"net/http/httptest"
)

// Client reaches the server without a network, whatever the address: for tests in virtual time.
func (s *Server) Client() *http.Client { return &http.Client{Transport: inProcess{s}} }

type inProcess struct{ server *Server }

// RoundTrip makes one call, and gives up when its context does.
func (p inProcess) RoundTrip(req *http.Request) (*http.Response, error) {
	answer, done := httptest.NewRecorder(), make(chan bool, 1)
	call := req.Clone(req.Context())
	go func() {
		defer func() {
			broken := recover()
			if broken != nil && broken != http.ErrAbortHandler { //nolint:errorlint // it is thrown as it stands
				panic(broken)
			}
			done <- broken == nil
		}()
		p.server.ServeHTTP(answer, call)
	}()
	select {
	case whole := <-done:
		if !whole {
			return nil, io.ErrUnexpectedEOF
		}
		return answer.Result(), nil
	case <-req.Context().Done():
		return nil, req.Context().Err()
	}
}
