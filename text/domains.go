package text

import (
	"fmt"
	"hash/maphash"
	"io"
	"math/bits"
	"strings"
)

// DomainSet is a set of hosts with all their subdomains, made for a million of them. It keeps 64 bits of each, hashed
// with a key that is new in every process, so that nobody can look for a host that is taken for another. It may be shared
// between goroutines.
type DomainSet struct {
	key   uint64
	slots []uint64 // open addressing; zero is empty
	shift uint8
	// filter has two bits of each host, in one word: a million make a megabyte, which stays in the processor's cache,
	// and nearly every host that is not in the set ends there.
	filter      []uint64
	filterShift uint8
	size        int
}

// NewDomainSet takes hosts. The error is Mistakes.
func NewDomainSet(hosts []string) (*DomainSet, error) {
	b := newDomains()
	var wrong Mistakes
	for i, host := range hosts {
		if err := b.add(host); err != nil {
			wrong = append(wrong, Mistake{i + 1, err})
		}
	}
	return b.set(), wrong.err()
}

// ReadDomains takes the hosts of a file: one in a line, with empty lines and comments (#) between. The error is
// Mistakes, or that of reading.
func ReadDomains(file io.Reader) (*DomainSet, error) {
	b := newDomains()
	err := readList(file, func(host string, _ int) error { return b.add(host) })
	return b.set(), err
}

// Len is how many hosts are in the set.
func (d *DomainSet) Len() int { return d.size }

// Has tells whether a link's Host, or one that it is a subdomain of, is in the set.
func (d *DomainSet) Has(host string) bool {
	dots, h := 0, d.key
	for i := len(host) - 1; i >= 0; i-- {
		if host[i] == '.' {
			if dots++; dots > 1 && d.holds(h) { // no host in the set is a single label
				return true
			}
		}
		h = d.step(h, host[i])
	}
	return d.holds(h)
}

// filterBits are the bits of a hash in its word of the filter.
func filterBits(h uint64) uint64 { return 1<<(h&63) | 1<<(h>>6&63) }

// holds looks for a finished hash.
func (d *DomainSet) holds(h uint64) bool {
	h = max(h, 1)
	two := filterBits(h)
	if d.filter[h>>d.filterShift]&two != two {
		return false
	}
	for i := h >> d.shift; d.slots[i] != 0; i = (i + 1) & uint64(len(d.slots)-1) {
		if d.slots[i] == h {
			return true
		}
	}
	return false
}

// step takes the byte before into a hash that is made from the end of a host on.
func (d *DomainSet) step(h uint64, c byte) uint64 {
	hi, lo := bits.Mul64(h^uint64(c), d.key|1)
	return hi ^ lo
}

// domains gathers the hosts of a set.
type domains struct {
	DomainSet
	hashes []uint64
}

func newDomains() *domains {
	return &domains{DomainSet: DomainSet{key: maphash.String(maphash.MakeSeed(), "domains")}}
}

func (b *domains) add(written string) error {
	host, ok := canonicalHost(written)
	if !ok {
		return fmt.Errorf("%q is not the name of a host", written)
	}
	h := b.key
	for i := len(host) - 1; i >= 0; i-- {
		h = b.step(h, host[i])
	}
	b.hashes = append(b.hashes, max(h, 1))
	return nil
}

// set puts the hashes into slots, of which a third stays empty at least.
func (b *domains) set() *DomainSet {
	size := max(bits.Len(uint(len(b.hashes)+len(b.hashes)/2)), 1)
	d := &DomainSet{key: b.key, slots: make([]uint64, 1<<size), shift: uint8(64 - size)}
	words := max(bits.Len(uint(len(b.hashes)))-3, 1) // eight bits for each
	d.filter, d.filterShift = make([]uint64, 1<<words), uint8(64-words)
	for _, h := range b.hashes {
		if d.holds(h) {
			continue
		}
		i := h >> d.shift
		for d.slots[i] != 0 {
			i = (i + 1) & uint64(len(d.slots)-1)
		}
		d.slots[i] = h
		d.filter[h>>d.filterShift] |= filterBits(h)
		d.size++
	}
	return d
}

// canonicalHost brings a listed host into the form of Link.Host, without "www.".
func canonicalHost(written string) (string, bool) {
	name := strings.TrimSuffix(strings.TrimPrefix(strings.ToLower(written), "www."), ".")
	if name == "" || strings.ContainsAny(name, "/:@*? ") || name[0] == '.' || !strings.Contains(name, ".") {
		return "", false
	}
	var a address
	ok := a.setHost(name)
	return a.host, ok
}
