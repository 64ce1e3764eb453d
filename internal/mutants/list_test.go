package main

import "testing"

// Every fault of the list fits into the tree as it is, names packages, and changes something.
func TestEveryFaultFits(t *testing.T) {
	list, err := readList("list.txt")
	if err != nil {
		t.Fatal(err)
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
