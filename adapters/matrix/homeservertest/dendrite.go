package homeservertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// dendrite is an older homeserver that builds from source alone. It has no limits on what is sent, and no rooms of
// version 12.
type dendrite struct{ bin string }

func (dendrite) offers(Need) bool { return false }

// memory is a file system without a disk behind it: this server waits for every write.
const memory = "/dev/shm"

func (d dendrite) install(t testing.TB, _ string, _ []Need) string {
	t.Helper()
	below := memory
	if _, err := os.Stat(memory); err != nil {
		below = t.TempDir()
	}
	dir := folder(t, below)
	keys := exec.Command(filepath.Join(d.bin, "generate-keys"), "--private-key", "matrix_key.pem")
	keys.Dir = dir
	if out, err := keys.CombinedOutput(); err != nil {
		t.Fatalf("generate-keys: %v\n%s", err, out)
	}
	write(t, filepath.Join(dir, "dendrite.yaml"), dendriteConfiguration)
	return dir
}

func (d dendrite) command(dir, addr string) *exec.Cmd {
	command := exec.Command(filepath.Join(d.bin, "dendrite"), "-config", "dendrite.yaml",
		"-http-bind-address", addr, "-https-bind-address", "127.0.0.1:0")
	command.Dir = dir
	return command
}

var dendriteConfiguration = fmt.Sprintf(`version: 2
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
room_server: {database: {connection_string: "file:roomserver.db"}}
federation_api: {key_perspectives: [], database: {connection_string: "file:federationapi.db"}}
key_server: {database: {connection_string: "file:keyserver.db"}}
media_api: {base_path: ./media, dynamic_thumbnails: false, database: {connection_string: "file:mediaapi.db"}}
sync_api: {search: {enabled: false, index_path: ./searchindex, language: en}, database: {connection_string: "file:syncapi.db"}}
relay_api: {database: {connection_string: "file:relayapi.db"}}
mscs: {mscs: [], database: {connection_string: "file:mscs.db"}}
user_api: {bcrypt_cost: 4, account_database: {connection_string: "file:userapi.db"}}
logging: [{type: std, level: warn}]
`, secret)
