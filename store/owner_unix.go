//go:build unix

package store

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// owner is whom files belong to.
type owner struct{ user, group int }

// ownerOf is the owner of a file, or of the nearest folder above it that is there.
func ownerOf(path string) (owner, error) {
	info, err := os.Stat(path)
	for errors.Is(err, fs.ErrNotExist) && filepath.Dir(path) != path {
		path = filepath.Dir(path)
		info, err = os.Stat(path)
	}
	if err != nil {
		return owner{}, err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return owner{os.Getuid(), os.Getgid()}, nil
	}
	return owner{int(stat.Uid), int(stat.Gid)}, nil
}

// takes gives a file to its owner. Only root can, and for everybody else it is theirs already.
func (o owner) takes(path string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	return os.Lchown(path, o.user, o.group)
}
