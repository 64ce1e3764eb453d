package web_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"palabre/web"
)

// Whoever can open the socket can give orders: that is its owner, whatever the process lets others do elsewhere.
func TestTheSocketIsItsOwnersAlone(t *testing.T) {
	defer syscall.Umask(syscall.Umask(0))
	database := filepath.Join(t.TempDir(), "palabre.db")
	l, err := web.Listen(database)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	info, err := os.Stat(web.SocketPath(database))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the socket has %v, %v", info.Mode().Perm(), err)
	}
}
