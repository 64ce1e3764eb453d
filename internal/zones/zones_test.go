package zones

import (
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"
)

var spring = time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC)

func edited(version string) Data {
	return read(fstest.MapFS{"tzdata.zi": {Data: []byte("# version " + version + "\n"), ModTime: spring}}, version)
}

// The newest data is used, wherever it is; what does not say its version is not.
func TestTheNewestIsUsed(t *testing.T) {
	silent := read(fstest.MapFS{"Europe/Paris": {}}, "silent")
	for want, found := range map[string][]Data{
		"2026b":  {edited("2025c"), edited("2026b"), edited("2024a")},
		"2026f":  {edited("2026f"), edited("2026b"), silent},
		"2026za": {edited("2026z"), edited("2026za")},
	} {
		if got := newest(found); got.Version != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// The program's own data says how old it is, has every kind of zone, and knows what British Columbia decided in 2026.
func TestOwnData(t *testing.T) {
	d := mine()
	if !edition.MatchString(d.Version) || d.Dated.Year() != 2026 || d.Version < "2026f" {
		t.Errorf("%+v", d)
	}
	for _, name := range []string{"Europe/Paris", "America/Argentina/Ushuaia", "Asia/Kathmandu", "Antarctica/Troll", "Europe/Kiev", "Pacific/Apia"} {
		if zone, err := d.Load(name); err != nil || zone.String() != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	vancouver, err := d.Load("America/Vancouver")
	if err != nil {
		t.Fatal(err)
	}
	if at := time.Date(2026, 11, 30, 18, 0, 0, 0, vancouver); !at.Equal(time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("six in the evening in Vancouver is %s", at.UTC())
	}
	for _, name := range []string{"../../etc/passwd", "/etc/passwd", "Europe", "Nowhere/Land", "", "+VERSION"} {
		if zone, err := d.Load(name); err == nil {
			t.Errorf("%q is a zone: %s", name, zone)
		}
	}
}

// A system's folder or a zip file is read; a zone that it lacks comes from the program's own data.
func TestFoldersAndFiles(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "tzdata.zi"), []byte("# version 2027a\n# more\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(folder, "zones.zip")
	if err := os.WriteFile(packed, own, 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := open(folder)
	if err != nil || d.Version != "2027a" || d.String() != "2027a ("+folder+")" {
		t.Errorf("%s: %v", d, err)
	}
	if zone, err := d.Load("Europe/Paris"); err != nil || zone.String() != "Europe/Paris" {
		t.Errorf("a zone that the folder lacks: %v", err)
	}
	if d, err := open(packed); err != nil || d.Version != mine().Version {
		t.Errorf("%s: %v", d, err)
	}
	for _, wrong := range []string{filepath.Join(folder, "none"), filepath.Join(folder, "tzdata.zi"), filepath.Join(folder, "none.zip")} {
		if _, err := open(wrong); err == nil {
			t.Errorf("%s was read", wrong)
		}
	}
}

// Data counts as old after a year. A copy is not younger than the version says, and what says nothing is old.
func TestOldData(t *testing.T) {
	d := edited("2025b")
	if d.Old(spring.AddDate(0, 11, 0)) || !d.Old(spring.AddDate(0, 13, 0)) {
		t.Errorf("dated %s", d.Dated)
	}
	if copied := edited("2023c"); !copied.Old(spring) || copied.Dated.Year() != 2023 {
		t.Errorf("a copy of 2023c is dated %s", copied.Dated)
	}
	if ahead := edited("2026a"); ahead.Dated.Year() != 2026 {
		t.Errorf("2026a is dated %s", ahead.Dated)
	}
	if unknown := read(fstest.MapFS{"tzdata.zi": {Data: []byte("no version\n")}}, "x"); !unknown.Old(spring) || unknown.String() != "of unknown version (x)" {
		t.Errorf("%s", unknown)
	}
}
