package main

import "testing"

// fewest is how many faults the list holds at least: what is taken out of it is replaced.
const fewest = 105

// Every fault of the list fits into the tree as it is and names packages, and they are not few.
func TestEveryFaultFits(t *testing.T) {
	list, err := readList("list.txt")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) < fewest {
		t.Errorf("%d faults, fewer than %d", len(list), fewest)
	}
	names := map[string]bool{}
	for _, m := range list {
		if _, err := m.planted("../.."); err != nil {
			t.Error(err)
		}
		if len(m.packages) == 0 || names[m.name] {
			t.Errorf("%s: no packages, or there twice", m.name)
		}
		names[m.name] = true
	}
}
