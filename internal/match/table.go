package match

import "math/bits"

// Table finds numbers by the 64-bit hash of what they stand for. The upper bits of the hashes must be well mixed.
// It is never changed after NewTable.
type Table struct {
	filter      []uint64 // one bit where any hash begins so: most misses end here
	filterShift uint8
	shift       uint8
	starts      []uint32 // bucket b is items[starts[b]:starts[b+1]]
	items       []Item
}

// Item is a number with the hash of what it stands for.
type Item struct {
	Hash   uint64
	Number uint32
}

// filterBits is how many times finer than a bucket the filter is, as a power of two.
const filterBits = 5

// NewTable takes the hash of each number: hashes[i] is that of i. Several numbers may share one.
func NewTable(hashes []uint64) *Table {
	size := max(bits.Len(uint(len(hashes))), 2)
	t := &Table{
		shift: uint8(64 - size), filterShift: uint8(64 - size - filterBits),
		filter: make([]uint64, 1<<(size+filterBits)/64), starts: make([]uint32, 1<<size+1),
	}
	for _, h := range hashes {
		f := h >> t.filterShift
		t.filter[f/64] |= 1 << (f % 64)
		t.starts[h>>t.shift+1]++
	}
	for b := 1; b < len(t.starts); b++ {
		t.starts[b] += t.starts[b-1]
	}
	t.fill(hashes)
	return t
}

// fill puts each number into its bucket, in their order.
func (t *Table) fill(hashes []uint64) {
	t.items = make([]Item, len(hashes))
	next := append([]uint32(nil), t.starts...)
	for i, h := range hashes {
		b := h >> t.shift
		t.items[next[b]] = Item{h, uint32(i)}
		next[b]++
	}
}

// At gives all that have the hash, in order, among others that have not: compare their Hash.
func (t *Table) At(hash uint64) []Item {
	if !t.may(hash) {
		return nil
	}
	b := hash >> t.shift
	return t.items[t.starts[b]:t.starts[b+1]]
}

// may is false where no hash begins like this one.
func (t *Table) may(hash uint64) bool {
	f := hash >> t.filterShift
	return t.filter[f/64]&(1<<(f%64)) != 0
}
