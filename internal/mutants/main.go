// Command mutants plants faults into the program, one at a time, and runs the tests that must notice: a fault that none notices
// is a guard that nothing holds. Nothing in the tree is changed.
//
//	go run ./internal/mutants                              all of them
//	go run ./internal/mutants -pick 20 -by COMMIT          some, chosen by a commit's id
//	go run ./internal/mutants strikes-forgotten …          these
//
// It prints every fault with what became of it, and ends with 1 when one survived, does not fit into the tree any more, or does
// not build.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	listPath = "internal/mutants/list.txt"
	// patience is what the tests of one fault may take. A fault that makes them hang is noticed too.
	patience = 5 * time.Minute
)

func main() {
	pick := flag.Int("pick", 0, "how many are planted; 0: all")
	by := flag.String("by", "", "what chooses them, such as a commit's id")
	workers := flag.Int("workers", 2, "how many are tried side by side")
	flag.Parse()
	list, err := readList(listPath)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	if bad := hunt(chosen(list, *pick, *by, flag.Args()), *workers); bad > 0 {
		os.Exit(1)
	}
}

// chosen are the named mutants, or so many as the id picks, or all.
func chosen(list []*mutant, pick int, by string, names []string) []*mutant {
	if len(names) > 0 {
		return slices.DeleteFunc(list, func(m *mutant) bool { return !slices.Contains(names, m.name) })
	}
	if pick == 0 || pick >= len(list) {
		return list
	}
	place := func(m *mutant) uint64 {
		h := fnv.New64a()
		fmt.Fprint(h, by, m.name)
		return h.Sum64()
	}
	slices.SortFunc(list, func(a, b *mutant) int {
		if place(a) < place(b) {
			return -1
		}
		return 1
	})
	return list[:pick]
}

// hunt plants all of a list and tells how many were not noticed.
func hunt(list []*mutant, workers int) (bad int) {
	var group sync.WaitGroup
	var told sync.Mutex
	work := make(chan *mutant)
	done := 0
	for range workers {
		group.Go(func() {
			for m := range work {
				began := time.Now()
				verdict, err := m.try()
				told.Lock()
				done++
				if err != nil || verdict != "noticed" {
					bad++
				}
				fmt.Printf("[%d/%d] %s: %s (%s): %s\n", done, len(list), verdict, m.name, time.Since(began).Round(time.Second), m.about)
				if err != nil {
					fmt.Println(err)
				}
				told.Unlock()
			}
		})
	}
	for _, m := range list {
		work <- m
	}
	close(work)
	group.Wait()
	fmt.Printf("%d faults planted, %d not noticed\n", len(list), bad)
	return bad
}

// try plants one fault for the compiler alone, by an overlay, and runs the tests.
func (m *mutant) try() (verdict string, err error) {
	dir, err := os.MkdirTemp("", "mutant")
	if err != nil {
		return "broken", err
	}
	defer os.RemoveAll(dir)
	overlay, err := m.overlay(dir)
	if err != nil {
		return "out of date", err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	test := exec.CommandContext(ctx, "go", append([]string{"test", "-vet=off", "-ldflags=-w", "-overlay", overlay, "-count=1", "-failfast"}, m.packages...)...)
	var out bytes.Buffer
	test.Stdout, test.Stderr = &out, &out
	err = test.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return "SURVIVED", nil
	case strings.Contains(out.String(), "[build failed]") || strings.Contains(out.String(), "[setup failed]"):
		return "does not build", errors.New(out.String())
	case errors.As(err, &exit):
		return "noticed", nil
	}
	return "broken", err
}

// overlay writes the planted file and the page that tells the compiler of it.
func (m *mutant) overlay(dir string) (page string, err error) {
	text, err := m.planted(".")
	if err != nil {
		return "", err
	}
	file, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	planted := filepath.Join(dir, filepath.Base(m.file))
	replace, err := json.Marshal(map[string]map[string]string{"Replace": {file: planted}})
	if err != nil {
		return "", err
	}
	page = filepath.Join(dir, "overlay.json")
	return page, errors.Join(os.WriteFile(planted, text, 0o600), os.WriteFile(page, replace, 0o600))
}
