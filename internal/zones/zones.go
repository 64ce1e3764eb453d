// Package zones finds the newest data about time zones: what governments decide about their clocks changes several times a year,
// with weeks of notice, and a machine or a program may be years behind.
package zones

import (
	"archive/zip"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"
)

//go:generate go run pack.go /usr/share/zoneinfo/tzdata.zi zones.zip

// Own is where data comes from that is part of the program.
const Own = "the program's own"

// own is the data of the program, as `go generate` packed it.
//
//go:embed zones.zip
var own []byte

// systems are the folders where systems keep theirs.
var systems = []string{"/usr/share/zoneinfo", "/usr/share/lib/zoneinfo", "/usr/lib/locale/TZ", "/etc/zoneinfo"}

// Data is one edition of the zone data.
type Data struct {
	Version string    // as its publishers count: "2026f"; empty when it does not say
	Dated   time.Time // about when it was published
	From    string    // a folder, a zip file, or Own
	files   fs.FS
}

// Newest is the data that this process works with: what ZONEINFO names, else the newest of the system's and the program's own.
var Newest = sync.OnceValue(func() Data {
	if named := os.Getenv("ZONEINFO"); named != "" {
		if d, err := open(named); err == nil {
			return d
		}
	}
	found := []Data{mine()}
	for _, folder := range systems {
		if d, err := open(folder); err == nil {
			found = append(found, d)
		}
	}
	return newest(found)
})

// newest is the first one of the highest version; data that does not say its version counts as older than any that does.
func newest(found []Data) Data {
	best := found[0]
	for _, d := range found[1:] {
		if d.Version > best.Version {
			best = d
		}
	}
	return best
}

func mine() Data {
	files, err := zip.NewReader(bytes.NewReader(own), int64(len(own)))
	if err != nil {
		panic(err) // it is part of the program, and its test has read it
	}
	return read(files, Own)
}

// open reads a folder, or a zip file as Go has it.
func open(path string) (Data, error) {
	if strings.HasSuffix(path, ".zip") {
		packed, err := os.ReadFile(path)
		if err != nil {
			return Data{}, err
		}
		files, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
		if err != nil {
			return Data{}, err
		}
		return read(files, path), nil
	}
	info, err := os.Stat(path)
	if err == nil && !info.IsDir() {
		err = errors.New("not a folder")
	}
	return read(os.DirFS(path), path), err
}

// read finds out the version of data. Its publishers write it into the first line of tzdata.zi, others into a file of its own.
func read(files fs.FS, from string) Data {
	d := Data{From: from, files: files}
	for _, name := range []string{"tzdata.zi", "+VERSION"} {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			continue
		}
		line, _, _ := strings.Cut(string(text), "\n")
		version := strings.TrimSpace(strings.TrimPrefix(line, "# version "))
		if !edition.MatchString(version) {
			continue
		}
		d.Version = version
		if info, err := fs.Stat(files, name); err == nil {
			d.Dated = within(version, info.ModTime())
		}
		return d
	}
	return d
}

var edition = regexp.MustCompile(`^[0-9]{4}[a-z]{1,2}$`)

// within is a file's date, as far as the version's year bears it out: a copied file is as young as its copy.
func within(version string, dated time.Time) time.Time {
	first, err := time.Parse("2006", version[:4])
	last := first.AddDate(1, 0, -1)
	switch {
	case err != nil || dated.Before(first):
		return first
	case dated.After(last):
		return last
	}
	return dated
}

// Load gives a zone by its name ("Europe/Paris"). What the data does not have, the program's own may.
func (d Data) Load(name string) (*time.Location, error) {
	text, err := fs.ReadFile(d.files, name)
	if err == nil {
		var zone *time.Location
		if zone, err = time.LoadLocationFromTZData(name, text); err == nil {
			return zone, nil
		}
	}
	if d.From == Own {
		return nil, err
	}
	return mine().Load(name)
}

// Old tells whether the data is older than a year, or does not say how old it is.
func (d Data) Old(now time.Time) bool { return d.Dated.Before(now.AddDate(-1, 0, 0)) }

// String is the version with where it comes from.
func (d Data) String() string {
	version := d.Version
	if version == "" {
		version = "of unknown version"
	}
	return fmt.Sprintf("%s (%s)", version, d.From)
}
