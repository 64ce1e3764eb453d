package crashtest

import (
	encoding "encoding/binary"
	"errors"
	"math/rand/v2"
	"os"
	"testing"
)

// The shape of SQLite's log: a header, then frames of a header and a page each. A frame ends a transaction when it says
// how many pages the database has then; it belongs to the log's present round when its salts are those of the log's header.
const (
	logHeader   = 32
	frameHeader = 24
)

// framesOf walks through a log: where the last whole transaction ends, and which pages stand in the log up to there.
func framesOf(log []byte) (end int, pages []uint32) {
	if len(log) < logHeader {
		return 0, nil
	}
	page := int(encoding.BigEndian.Uint32(log[8:]))
	salts := string(log[16:24])
	end = logHeader
	var pending []uint32
	for at := logHeader; at+frameHeader+page <= len(log) && string(log[at+8:at+16]) == salts; at += frameHeader + page {
		pending = append(pending, encoding.BigEndian.Uint32(log[at:]))
		if encoding.BigEndian.Uint32(log[at+4:]) > 0 {
			end, pages, pending = at+frameHeader+page, append(pages, pending...), nil
		}
	}
	return end, pages
}

// loseUnsynced does to the store of a dead program what a power cut may do when the disk keeps its word. Of the log, what is
// committed is there (synchronous=FULL: the program was told so after a sync, or was not told yet); what follows is cut
// or noise. Of the database, pages that stand in the log too may be half written: it is being copied there. The
// index of the log is lost.
func loseUnsynced(t *testing.T, path string, random *rand.Rand) {
	t.Helper()
	log, err := os.ReadFile(path + "-wal")
	if errors.Is(err, os.ErrNotExist) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	end, pages := framesOf(log)
	if end == 0 {
		return
	}
	tear(t, path, pages, int(encoding.BigEndian.Uint32(log[8:])), random)
	rest := log[end:]
	if len(rest) > 0 {
		rest = rest[:random.IntN(len(rest)+1)]
	}
	if random.IntN(2) == 0 {
		clear(rest[:random.IntN(len(rest)+1)])
	}
	must(t, os.WriteFile(path+"-wal", append(log[:end:end], rest...), 0o600))
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
}

// tear spoils some of the database's pages of which the log has a newer copy. The first one is left: it says how long
// pages are, and is shorter than what a disk writes at once.
func tear(t *testing.T, path string, pages []uint32, size int, random *rand.Rand) {
	t.Helper()
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	must(t, err)
	defer file.Close()
	info, err := file.Stat()
	must(t, err)
	for _, page := range pages {
		at := int64(page-1) * int64(size)
		if page == 1 || at+int64(size) > info.Size() || random.IntN(3) > 0 {
			continue
		}
		_, err := file.WriteAt(make([]byte, random.IntN(size)), at)
		must(t, err)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
