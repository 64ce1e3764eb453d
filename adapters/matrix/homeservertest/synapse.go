package homeservertest

import (
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// synapse is the reference homeserver, from Debian's packages, in a system of its own below root.
type synapse struct{ root string }

func (synapse) offers(Need) bool { return true }

// srv is where servers keep their data, as seen from inside of the system.
const srv = "/srv"

func (s synapse) install(t testing.TB, addr string, needs []Need) string {
	t.Helper()
	dir := folder(t, filepath.Join(s.root, srv))
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		t.Fatal(err)
	}
	inside := s.inside(dir)
	text := fmt.Sprintf(synapseConfiguration, inside, port, secret)
	if !limited(needs) {
		text += synapseWithoutLimits
	}
	write(t, filepath.Join(dir, "homeserver.yaml"), text)
	write(t, filepath.Join(dir, "log.yaml"), synapseLog)
	write(t, filepath.Join(dir, "signing.key"), "ed25519 a_test "+signingKey()+"\n")
	return dir
}

// inside is a folder's path for whoever has root as the root.
func (s synapse) inside(dir string) string { return strings.TrimPrefix(dir, filepath.Clean(s.root)) }

func (s synapse) command(dir, _ string) *exec.Cmd {
	inside := s.inside(dir)
	return &exec.Cmd{
		Path: "/usr/bin/python3", Args: []string{"python3", "-m", "synapse.app.homeserver", "-c", inside + "/homeserver.yaml"}, Dir: inside,
		Env:         []string{"PATH=/usr/bin:/bin", "LANG=C.UTF-8"},
		SysProcAttr: &syscall.SysProcAttr{Chroot: s.root},
	}
}

// signingKey is a new seed of an Ed25519 key, as the file of such keys has it.
func signingKey() string {
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // never fails
	return base64.RawStdEncoding.EncodeToString(seed)
}

const synapseConfiguration = `server_name: localhost
pid_file: %[1]s/pid
listeners: [{port: %[2]s, tls: false, type: http, bind_addresses: ["127.0.0.1"], resources: [{names: [client], compress: false}]}]
database: {name: sqlite3, args: {database: "%[1]s/homeserver.db"}}
media_store_path: %[1]s/media
log_config: %[1]s/log.yaml
signing_key_path: %[1]s/signing.key
registration_shared_secret: %[3]q
macaroon_secret_key: %[3]q
form_secret: %[3]q
trusted_key_servers: []
suppress_key_server_warning: true
report_stats: false
bcrypt_rounds: 4
url_preview_enabled: false
presence: {enabled: false}
default_room_version: "12"
caches: {sync_response_cache_duration: 0s}
# People of tests read a room at one go. Palabre asks for less than the usual limit.
filter_timeline_limit: 10000
`

var synapseWithoutLimits = unlimited(
	"rc_message", "rc_registration", "rc_registration_token_validity", "rc_admin_redaction", "rc_room_creation", "rc_3pid_validation",
	"rc_reports", "rc_media_create",
) + `rc_login: {address: {per_second: 100000, burst_count: 100000}, account: {per_second: 100000, burst_count: 100000}, failed_attempts: {per_second: 100000, burst_count: 100000}}
rc_joins: {local: {per_second: 100000, burst_count: 100000}, remote: {per_second: 100000, burst_count: 100000}}
rc_joins_per_room: {per_second: 100000, burst_count: 100000}
rc_invites: {per_room: {per_second: 100000, burst_count: 100000}, per_user: {per_second: 100000, burst_count: 100000}, per_issuer: {per_second: 100000, burst_count: 100000}}
`

const synapseLog = `version: 1
formatters: {plain: {format: "%(asctime)s %(levelname)s %(name)s: %(message)s"}}
handlers: {console: {class: logging.StreamHandler, formatter: plain}}
root: {level: WARNING, handlers: [console]}
disable_existing_loggers: false
`
