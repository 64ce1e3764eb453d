// Package dendritetest runs a real homeserver, Dendrite, for a test's duration.
package dendritetest

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/synapseadmin"
)

// Env names the environment variable with the directory of the programs dendrite and generate-keys; how to
// build them is told in tools/dendrite.
const Env = "PALABRE_DENDRITE"

// Patience is how long a condition may take to come true on a busy machine.
const Patience = 30 * time.Second

const secret = "of this test alone"

// Server is a homeserver named "localhost" on a free port of 127.0.0.1. Its data lives in a temporary
// directory of the test and survives Restart.
type Server struct {
	URL string

	t       testing.TB
	bin     string
	dir     string
	addr    string
	command *exec.Cmd
	exited  chan struct{}
}

// Start starts a homeserver and stops it when the test ends. Without Env, the test is skipped.
func Start(t testing.TB) *Server {
	t.Helper()
	bin := os.Getenv(Env)
	if bin == "" {
		t.Skipf("%s is not set: build the homeserver as tools/dendrite/README.md tells", Env)
	}
	s := &Server{t: t, bin: bin, dir: directory(t), addr: freeAddress(t)}
	s.URL = "http://" + s.addr
	keys := exec.Command(filepath.Join(bin, "generate-keys"), "--private-key", "matrix_key.pem")
	keys.Dir = s.dir
	if out, err := keys.CombinedOutput(); err != nil {
		t.Fatalf("generate-keys: %v\n%s", err, out)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "dendrite.yaml"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	s.start()
	return s
}

// memory is a file system without a disk behind it: the server waits for every write.
const memory = "/dev/shm"

func directory(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(memory, "dendrite")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) }) // what stays is the system's to clear
	return dir
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

func (s *Server) start() {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	s.command = exec.Command(filepath.Join(s.bin, "dendrite"), "-config", "dendrite.yaml",
		"-http-bind-address", s.addr, "-https-bind-address", "127.0.0.1:0")
	s.command.Dir, s.command.Stdout, s.command.Stderr = s.dir, log, log
	if err := s.command.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.exited = make(chan struct{})
	go func(command *exec.Cmd, exited chan struct{}) {
		_ = command.Wait() // how it ended shows in its log
		close(exited)
	}(s.command, s.exited)
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
			s.t.Fatalf("dendrite ended:\n%s", s.Log())
		case <-tick.C:
		}
	}
	s.t.Fatalf("dendrite did not answer within %s:\n%s", Patience, s.Log())
}

// Log is what the server wrote.
func (s *Server) Log() string {
	data, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return err.Error()
	}
	return string(data)
}

// Stop ends the server's process, at first by asking. Its data stays.
func (s *Server) Stop() {
	if s.command == nil {
		return
	}
	_ = s.command.Process.Signal(syscall.SIGTERM) // it may have ended already
	select {
	case <-s.exited:
	case <-time.After(10 * time.Second):
		_ = s.command.Process.Kill()
		<-s.exited
	}
	s.command = nil
}

// Again starts a server that Stop has ended, with the same data and address.
func (s *Server) Again() { s.start() }

// Restart stops the server and starts it again with the same data and address.
func (s *Server) Restart() {
	s.Stop()
	s.Again()
}

// Register makes an account and logs it in: a client whose UserID and AccessToken are set.
func (s *Server) Register(name string) *mautrix.Client {
	s.t.Helper()
	client, err := mautrix.NewClient(s.URL, "", "")
	if err != nil {
		s.t.Fatal(err)
	}
	admin := &synapseadmin.Client{Client: client}
	ctx, cancel := context.WithTimeout(context.Background(), Patience)
	defer cancel()
	made, err := admin.SharedSecretRegister(ctx, secret, synapseadmin.ReqSharedSecretRegister{
		Username: name, Password: "correct horse " + name,
	})
	if err != nil {
		s.t.Fatalf("register %s: %v", name, err)
	}
	client.UserID, client.AccessToken, client.DeviceID = made.UserID, made.AccessToken, made.DeviceID
	return client
}

var configuration = fmt.Sprintf(`version: 2
global:
  server_name: localhost
  private_key: matrix_key.pem
  disable_federation: true
  trusted_third_party_id_servers: []
  presence: {enable_inbound: false, enable_outbound: false}
  report_stats: {enabled: false}
  jetstream: {storage_path: ./jetstream, in_memory: true, topic_prefix: Palabre}
  cache: {max_size_estimated: 64mb, max_age: 1h}
client_api:
  registration_disabled: true
  guests_disabled: true
  registration_shared_secret: %q
  rate_limiting: {enabled: false}
room_server: {default_room_version: "11", database: {connection_string: "file:roomserver.db"}}
federation_api: {key_perspectives: [], database: {connection_string: "file:federationapi.db"}}
key_server: {database: {connection_string: "file:keyserver.db"}}
media_api: {base_path: ./media, dynamic_thumbnails: false, database: {connection_string: "file:mediaapi.db"}}
sync_api: {search: {enabled: false, index_path: ./searchindex, language: en}, database: {connection_string: "file:syncapi.db"}}
relay_api: {database: {connection_string: "file:relayapi.db"}}
mscs: {mscs: [], database: {connection_string: "file:mscs.db"}}
user_api: {bcrypt_cost: 4, account_database: {connection_string: "file:userapi.db"}}
logging: [{type: std, level: warn}]
`, secret)
