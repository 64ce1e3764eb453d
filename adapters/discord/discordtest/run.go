package discordtest

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
)

// Start serves on a free port of 127.0.0.1 until the test ends, and gives the API's base without a version
// ("http://127.0.0.1:4000/api").
func (s *Server) Start(t testing.TB) (base string) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(func() {
		s.Stop()
		server.CloseClientConnections()
		server.Close()
	})
	return server.URL + "/api"
}

// Stop breaks all connections of the gateway and waits until they have ended.
func (s *Server) Stop() {
	s.mu.Lock()
	for _, c := range s.gateway.conns {
		if c.ws != nil {
			_ = c.ws.Close() // also while something is being written
		}
	}
	s.mu.Unlock()
	s.closing.Wait()
}

// Host is the name in the addresses of a server on pipes.
const Host = "discord.test"

// Pipes serves on pipes instead of sockets, as synctest needs it, until the test ends. Dial fits net.Dialer's
// place in an http.Transport and in a websocket.Dialer; any address leads to the server, but for those in
// Server.ResumeAt, which are dead when dead says so.
func (s *Server) Pipes(t testing.TB, dead ...string) (dial func(ctx context.Context, network, address string) (net.Conn, error)) {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), closed: make(chan struct{})}
	server := &http.Server{Handler: s}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = server.Serve(l) // it ends when it is closed
	}()
	t.Cleanup(func() {
		s.Stop()
		_ = server.Close() // pipes close without errors
		<-done
	})
	return func(ctx context.Context, _, address string) (net.Conn, error) {
		if slices.Contains(dead, address) {
			return nil, errDead
		}
		return l.dial(ctx)
	}
}

var errDead = errors.New("connection refused, as scripted")

// pipes is a listener whose connections are pipes.
type pipes struct {
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (l *pipes) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipes) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipes) Addr() net.Addr { return address{} }

type address struct{}

func (address) Network() string { return "pipe" }
func (address) String() string  { return Host + ":80" }
