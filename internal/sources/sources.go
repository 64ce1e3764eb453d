// Package sources makes the result of a test depend on the module's files, for tests that run a program which they build
// with `go build`: `go test` remembers results, and sees neither what is built by a process nor what is read in TestMain.
package sources

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// Read looks into every folder of the module at root. What a test looks at while it runs counts among what its remembered
// result is valid for: with a file changed, added or removed, the test runs again. Files that begin with a dot, and
// what npm installed, are not the module's.
func Read(root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && path != root && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "node_modules") {
			return filepath.SkipDir
		}
		return err
	})
}
