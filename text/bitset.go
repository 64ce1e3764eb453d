package text

import (
	"math/bits"
	"slices"
)

// bitset is a set of small numbers.
type bitset []uint64

// reset empties the set and makes room for the numbers below n.
func (b *bitset) reset(n int) {
	words := (n + 63) / 64
	*b = slices.Grow((*b)[:0], words)[:words]
	clear(*b)
}

func (b bitset) has(i int32) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bitset) set(i int32) { b[i/64] |= 1 << (i % 64) }

func (b bitset) remove(i int32) { b[i/64] &^= 1 << (i % 64) }

// next gives the smallest number from i on that is in the set and below end; -1 when there is none.
func (b bitset) next(i, end int32) int32 {
	for i < end {
		if rest := b[i/64] >> (i % 64); rest != 0 {
			if i += int32(bits.TrailingZeros64(rest)); i < end {
				return i
			}
			return -1
		}
		i += 64 - i%64
	}
	return -1
}
