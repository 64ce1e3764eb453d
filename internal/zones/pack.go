//go:build ignore

// Pack compiles the zone data of a system (tzdata.zi, with the system's zic) into a zip file: go run pack.go FROM TO. A file that
// holds a newer edition than the system's stays as it is.
package main

import (
	"archive/zip"
	"bytes"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"strings"
	"time"
)

func main() {
	source, packed := os.Args[1], os.Args[2]
	text, err := os.ReadFile(source)
	must(err)
	line, _, _ := strings.Cut(string(text), "\n")
	version := strings.TrimPrefix(line, "# version ")
	if there := versionIn(packed); there > version {
		log.Printf("%s holds %s, which is newer than this system's %s: it stays", packed, there, version)
		return
	}
	info, err := os.Stat(source)
	must(err)
	folder, err := os.MkdirTemp("", "zones-")
	must(err)
	defer os.RemoveAll(folder)
	zic := exec.Command("zic", "-b", "fat", "-d", folder, source)
	zic.Stderr = os.Stderr
	must(zic.Run())
	must(os.WriteFile(folder+"/+VERSION", []byte(version+"\n"), 0o600))
	must(os.WriteFile(packed, pack(os.DirFS(folder), info.ModTime()), 0o644))
}

// versionIn is the edition that a packed file holds; empty when there is none.
func versionIn(packed string) string {
	files, err := zip.OpenReader(packed)
	if err != nil {
		return ""
	}
	defer files.Close()
	version, err := fs.ReadFile(files, "+VERSION")
	must(err)
	return strings.TrimSpace(string(version))
}

// pack puts every file into a zip file, with one date: the same data gives the same bytes.
func pack(files fs.FS, dated time.Time) []byte {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	must(fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, name)
		must(err)
		file, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: dated.UTC()})
		must(err)
		_, err = file.Write(text)
		return err
	}))
	must(w.Close())
	return out.Bytes()
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
