// Package config reads a community's configuration file: its shape, its defaults, everything that may be
// wrong in it, and where its secrets are kept.
package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"palabre/activities"
	"palabre/chat"
	"palabre/internal/yamlsrc"
	"palabre/rules"
)

// Config is one community's file, checked. What the file leaves out has its default.
type Config struct {
	File      string   // as given to Load or Parse
	Files     []string // the other files that it names: included rules, lists of words
	Hash      string   // SHA-256 of all that was read, in hex: two files with one hash say the same
	Community Community
	Store     string // path of the SQLite file
	Listen    string // loopback host:port of the health and metrics pages; empty turns them off
	Rooms     []Room // in the file's order
	Groups    map[string][]string
	Desk      string   // the logical room where Palabre tells the moderators what it did
	Matrix    *Matrix  // nil when the file has no `matrix`
	Discord   *Discord // nil when the file has no `discord`
	Limits    Limits
	Archive   Archive
	Rules     *rules.Ruleset // never nil; the rules' own tests have passed
	// Activities may hold some that the file does not name: those end what an earlier file began.
	Activities []activities.Activity

	claims []claim
}

// Community is who is served, and how they are spoken to.
type Community struct {
	Name     string
	Language string         // "en" or "fr"
	Register string         // "tu" or "vous"
	Zone     *time.Location // never nil
}

// Room is a logical room: one name, and the room's id or alias on each platform that has it.
type Room struct {
	Name    string
	IDs     map[chat.Platform]string
	Bridged bool // a bridge carries messages between its platforms
}

// Matrix is the account on a homeserver. Homeserver, User and Token are set whenever Enabled.
type Matrix struct {
	Enabled    bool
	Homeserver string // http or https, without a slash at its end
	User       string // "@palabre:example.org"
	Token      Secret
	Space      string   // alias or id of the space whose rooms are all protected; empty: only Rooms are
	Prefix     string   // what commands begin with
	Ignore     []string // globs (* and ?) of user ids that are never taken for members
	Standing   PowerLevels
}

// PowerLevels are the lowest power levels of the standings, in rising order.
type PowerLevels struct{ Trusted, Moderator, Admin int }

// Limits are the ceilings of the last gate, whatever the rules say.
type Limits struct {
	SanctionsPerMinute int           // timeouts, kicks and bans
	SanctionsPerHour   int           // never below SanctionsPerMinute
	Late               time.Duration // nobody is sanctioned for what is older
	Unanswered         time.Duration // a question to the moderators is closed after this
}

// Archive is what is kept of what people write: nothing when Rooms is empty.
type Archive struct {
	Rooms    []string      // the logical rooms that opted in
	Keep     time.Duration // how long
	Evidence time.Duration // how long texts stay that rules took away; 0: they go at once
}

// Mistakes are all that is wrong in a configuration: as an error they print every one, and their count.
type Mistakes []yamlsrc.Mistake

// Brief is what may be told in a room: the place of each mistake, what is wrong and what to write instead, but no line of
// the file. Of many it tells the first ones, and how many there are.
func (m Mistakes) Brief() string {
	const most = 5
	var lines []string
	for _, mistake := range m[:min(most, len(m))] {
		mistake.Source, mistake.File = "", filepath.Base(mistake.File)
		lines = append(lines, mistake.String())
	}
	return strings.Join(append(lines, yamlsrc.Mistakes(m).Count()), "\n")
}

// Error prints each mistake with its place, its line and a hint, then how many there are.
func (m Mistakes) Error() string {
	ms := yamlsrc.Mistakes(m)
	return ms.Error() + "\n" + ms.Count()
}

// Platforms is what each network that has an adapter can do. A rule that asks a configured network for more is a
// mistake; nil checks nothing of this.
type Platforms map[chat.Platform]chat.Capabilities

// Load reads and checks a file. What is wrong in it comes back as Mistakes; any other error means that it could not be read.
func Load(path string, can Platforms) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("load configuration: %w", err)
	}
	defer f.Close()
	// One byte past the limit is enough to see that a file is too large.
	src, err := io.ReadAll(io.LimitReader(f, yamlsrc.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("load configuration: %w", err)
	}
	return parse(path, src, can, readFile)
}

// readFile reads a file that the configuration names. One byte past the limit is enough to see that it is too large.
// What is no file, such as a pipe, is refused: reading it could wait for ever.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return nil, errors.New("it is a pipe or a device, not a file")
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, errors.Unwrap(err) // without the path, which stands before it anyway
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, yamlsrc.MaxListBytes+1))
}

// Parse checks the source of a file; file is the name that mistakes are reported under. The rules' own tests are run, and
// one that fails is a mistake. Other files that the source names cannot be read. The error is Mistakes.
func Parse(file string, src []byte, can Platforms) (*Config, error) {
	return parse(file, src, can, nil)
}

func parse(file string, src []byte, can Platforms, open func(string) ([]byte, error)) (*Config, error) {
	doc := yamlsrc.Parse(file, src)
	sum := sha256.Sum256(src)
	r := &reader{
		cfg:   defaults(file, hex.EncodeToString(sum[:])),
		doc:   doc,
		open:  open,
		lines: strings.Split(string(src), "\n"),
	}
	doc.Guard(func() { r.file(can) })
	ms := doc.Mistakes()
	if len(ms) == 0 {
		r.cfg.Files = r.cfg.Rules.Files()
		if len(r.cfg.Files) > 0 {
			sum = sha256.Sum256([]byte(r.cfg.Hash + r.cfg.Rules.Hash()))
			r.cfg.Hash = hex.EncodeToString(sum[:])
		}
		return r.cfg, nil
	}
	for i := range ms {
		if ms[i].Hint == "" && ms[i].File == file {
			ms[i].Hint = r.exampleAt(ms[i].Pos)
		}
	}
	return nil, Mistakes(ms)
}

// defaults is what a file without any line would mean.
func defaults(file, hash string) *Config {
	return &Config{
		File: file, Hash: hash,
		Community: Community{Language: "en", Register: "vous", Zone: time.UTC},
		Store:     beside(file, "data/palabre.db"),
		Listen:    "127.0.0.1:9320",
		Groups:    map[string][]string{},
		Limits:    Limits{SanctionsPerMinute: 10, SanctionsPerHour: 30, Late: 10 * time.Minute, Unanswered: 24 * time.Hour},
	}
}

// RoomNames lists the logical rooms, in the file's order.
func (c *Config) RoomNames() []string {
	names := make([]string, len(c.Rooms))
	for i, r := range c.Rooms {
		names[i] = r.Name
	}
	return names
}
