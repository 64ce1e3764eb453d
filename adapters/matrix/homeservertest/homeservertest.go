// Package homeservertest runs a real homeserver for a test's duration: Synapse in a folder of its own, or, where that
// cannot be had, an old Dendrite for what that one can do.
package homeservertest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/synapseadmin"
)

// The environment variables that say where a homeserver is; how to get one is told in tools/homeserver. The first one
// that is set counts.
const (
	EnvSynapse  = "PALABRE_SYNAPSE"  // the root of the system in which Synapse is installed
	EnvDendrite = "PALABRE_DENDRITE" // the folder of the programs dendrite and generate-keys
)

// Patience is how long a condition may take to come true on a busy machine.
const Patience = time.Minute

// secret lets tests make accounts.
const secret = "of this test alone"

// Need is what a test asks of its homeserver beyond the usual. A test is skipped, by its name, where it is missing.
type Need string

const (
	// RoomVersion12 is the room version in which a room's makers stand above all levels.
	RoomVersion12 Need = "rooms of version 12"
	// DefaultLimits are the limits that Synapse has when nobody changes them; without this need there are none.
	DefaultLimits Need = "a homeserver's ordinary limits"
	// AdminAPI is what a homeserver's own administrator may do with accounts: suspend them, lift their limits.
	AdminAPI Need = "Synapse's API for administrators"
)

// product is a homeserver's program.
type product interface {
	// offers tells whether it has what a test needs.
	offers(need Need) bool
	// install writes what a new server needs, named "localhost" and listening at addr, into a folder that it makes
	// and removes with the test.
	install(t testing.TB, addr string, needs []Need) (dir string)
	// command starts the server that install has made.
	command(dir, addr string) *exec.Cmd
}

// Server is a homeserver named "localhost" on a free port of 127.0.0.1. Its data survives Restart and is gone with the
// test.
type Server struct {
	URL string

	t       testing.TB
	product product
	dir     string
	addr    string
	process *exec.Cmd
	exited  chan struct{}
}

// Start starts a homeserver and stops it when the test ends. Without one, or without one that has all that is needed,
// the test is skipped.
func Start(t testing.TB, needs ...Need) *Server {
	t.Helper()
	p := installed(t)
	for _, need := range needs {
		if !p.offers(need) {
			t.Skipf("the homeserver of this run has no %s", need)
		}
	}
	s := &Server{t: t, product: p, addr: freeAddress(t)}
	s.URL = "http://" + s.addr
	s.dir = p.install(t, s.addr, needs)
	t.Cleanup(s.Stop)
	s.start()
	return s
}

// installed is the homeserver that the environment names.
func installed(t testing.TB) product {
	t.Helper()
	if root := os.Getenv(EnvSynapse); root != "" {
		if os.Geteuid() != 0 {
			t.Skip("only root may start a homeserver in a folder of its own")
		}
		return synapse{root: root}
	}
	if bin := os.Getenv(EnvDendrite); bin != "" {
		return dendrite{bin: bin}
	}
	t.Skipf("%s is not set: install a homeserver as tools/homeserver/README.md tells", EnvSynapse)
	return nil
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// folder makes a temporary one below a directory, and removes it with the test.
func folder(t testing.TB, below string) string {
	t.Helper()
	dir, err := os.MkdirTemp(below, "homeserver")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // what stays is the system's to clear
	return dir
}

func write(t testing.TB, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (s *Server) start() {
	s.t.Helper()
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	s.process = s.product.command(s.dir, s.addr)
	s.process.Stdout, s.process.Stderr = log, log
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.exited = make(chan struct{})
	go func(process *exec.Cmd, exited chan struct{}) {
		_ = process.Wait() // how it ended shows in its log
		close(exited)
	}(s.process, s.exited)
	s.await()
}

// await waits until the server answers.
func (s *Server) await() {
	s.t.Helper()
	deadline := time.Now().Add(Patience)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for time.Now().Before(deadline) {
		response, err := http.Get(s.URL + "/_matrix/client/versions")
		if err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case <-s.exited:
			s.t.Fatalf("the homeserver ended:\n%s", s.Log())
		case <-tick.C:
		}
	}
	s.t.Fatalf("the homeserver did not answer within %s:\n%s", Patience, s.Log())
}

func (s *Server) logPath() string { return filepath.Join(s.dir, "log") }

// Log is what the server wrote.
func (s *Server) Log() string {
	data, err := os.ReadFile(s.logPath())
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// Stop ends the server's process, at first by asking. Its data stays.
func (s *Server) Stop() {
	if s.process == nil {
		return
	}
	_ = s.process.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.process.Process.Kill()
		<-s.exited
	}
	s.process = nil
}

// Again starts a server that Stop has ended, with the same data and address.
func (s *Server) Again() { s.start() }

// Restart stops the server and starts it again with the same data and address.
func (s *Server) Restart() {
	s.Stop()
	s.Again()
}

// RoomVersion is the version of rooms that nobody chose one for.
func (s *Server) RoomVersion() string {
	if s.product.offers(RoomVersion12) {
		return "12"
	}
	return "10"
}

// Register makes an account and logs it in: a client whose UserID and AccessToken are set.
func (s *Server) Register(name string) *mautrix.Client { return s.register(name, false) }

// Admin makes an account that may use the homeserver's API for administrators.
func (s *Server) Admin(name string) *synapseadmin.Client {
	return &synapseadmin.Client{Client: s.register(name, true)}
}

func (s *Server) register(name string, admin bool) *mautrix.Client {
	s.t.Helper()
	client, err := mautrix.NewClient(s.URL, "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	made, err := (&synapseadmin.Client{Client: client}).SharedSecretRegister(ctx, secret, synapseadmin.ReqSharedSecretRegister{
		Username: name, Password: "correct horse " + name, Admin: admin,
	})
	if err != nil {
		s.t.Fatalf("register %s: %v", name, err)
	}
	client.UserID, client.AccessToken, client.DeviceID = made.UserID, made.AccessToken, made.DeviceID
	return client
}

// limited tells whether a test asks for the homeserver's ordinary limits.
func limited(needs []Need) bool { return slices.Contains(needs, DefaultLimits) }

// unlimited is a limit that nobody reaches.
func unlimited(names ...string) (lines string) {
	for _, name := range names {
		lines += fmt.Sprintf("%s: {per_second: 100000, burst_count: 100000}\n", name)
	}
	return lines
}
