package config

import (
	"errors"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"palabre/internal/yamlsrc"
	"palabre/schedule"
)

var languages = []string{"en", "fr"}

func (r *reader) community(v yamlsrc.Value) { r.read(v, communityKeys) }

func (r *reader) communityName(v yamlsrc.Value) {
	if s, ok := v.Text(); ok {
		r.cfg.Community.Name = s
	}
}

func (r *reader) language(v yamlsrc.Value) {
	if s, ok := v.Enum("language", languages...); ok {
		r.cfg.Community.Language = s
	}
}

func (r *reader) register(v yamlsrc.Value) {
	if s, ok := v.Enum("register", "tu", "vous"); ok {
		r.cfg.Community.Register = s
	}
}

func (r *reader) zone(v yamlsrc.Value) {
	name, ok := v.Text()
	if !ok {
		return
	}
	zone, err := schedule.Zone(name)
	if err != nil {
		v.Errorf(hintOf(err), "%v", err)
		return
	}
	r.cfg.Community.Zone = zone
}

func hintOf(err error) string {
	if wrong, ok := errors.AsType[*schedule.Error](err); ok {
		return wrong.Hint
	}
	return ""
}

// beside is a path that begins, like every path in a file, in the folder of that file; whoever reads the file from elsewhere
// means the same.
func beside(file, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

func (r *reader) store(v yamlsrc.Value) {
	s, ok := v.Text()
	switch {
	case !ok:
	case strings.Contains(s, "://"):
		v.Conceal() // addresses of databases hold passwords
		v.Errorf("write a path, such as data/palabre.db", "the store is a file, not an address")
	default:
		r.cfg.Store = beside(r.cfg.File, s)
	}
}

const listenHint = "write 127.0.0.1:9320; these pages have no password, so let a proxy on this machine publish what others may read"

func (r *reader) listen(v yamlsrc.Value) {
	s, ok := v.TextOrEmpty()
	if !ok {
		return
	}
	host, port, found := cutLast(s, ":")
	number, err := strconv.ParseUint(port, 10, 16)
	switch {
	case s == "":
		r.cfg.Listen = ""
	case !found || err != nil || number == 0:
		v.Errorf("write 127.0.0.1:9320", "%q is not an address with a port", s)
	case !isLoopback(host):
		v.Errorf(listenHint, "listen must stay on this machine, %q does not", s)
	default:
		r.cfg.Listen = s
	}
}

func cutLast(s, sep string) (before, after string, found bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

func isLoopback(host string) bool {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// isPlainRemote tells whether an address sends what it carries unencrypted to another machine.
func isPlainRemote(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && !isLoopback(u.Hostname())
}
