package match

// Literals finds which of many pieces of text stand in another, in one pass whatever their number. Each
// is known by its rarest four bytes; where those stand, the whole is compared. It is never changed after NewLiterals.
type Literals struct {
	table  *Table
	pieces []piece
	sizes  []int // the lengths of grams in use
}

// piece is one of the texts to find.
type piece struct {
	text string
	gram int // where its gram begins
}

// gramSize is how many bytes of a piece are looked up; of a shorter piece, all.
const gramSize = 4

// NewLiterals takes the pieces to find, none empty. Several may be equal.
func NewLiterals(texts []string) *Literals {
	l := &Literals{pieces: make([]piece, len(texts))}
	hashes := make([]uint64, len(texts))
	var used [gramSize + 1]bool
	for i, text := range texts {
		size := min(len(text), gramSize)
		at := rarestGram(text)
		l.pieces[i] = piece{text, at}
		hashes[i] = hashGram(gramAt(text, at, size), size)
		used[size] = true
	}
	for size, in := range used {
		if in {
			l.sizes = append(l.sizes, size)
		}
	}
	l.table = NewTable(hashes)
	return l
}

// Find visits every place in b where a piece stands: its number, and where it begins. Places come in no certain order.
func (l *Literals) Find(b []byte, visit func(number, at int)) {
	for _, size := range l.sizes {
		if len(b) >= size {
			l.findBySize(b, size, visit)
		}
	}
}

// findBySize finds the pieces whose grams have one length.
func (l *Literals) findBySize(b []byte, size int, visit func(number, at int)) {
	filter, shift := l.table.filter, l.table.filterShift&63 // at hand, so that the loop reads nothing twice
	mask := uint32(1<<(8*size) - 1)
	gram := gramAt(b, 0, size-1)
	for i, c := range b[size-1:] {
		gram = gram<<8 | uint32(c)
		hash := hashGram(gram&mask, size)
		if f := hash >> shift; filter[f/64]&(1<<(f%64)) != 0 {
			l.compare(b, i, hash, visit)
		}
	}
}

// compare visits the pieces that have a gram where one of its hash begins.
func (l *Literals) compare(b []byte, gramBegins int, hash uint64, visit func(number, at int)) {
	for _, it := range l.table.At(hash) {
		if it.Hash != hash {
			continue
		}
		p := &l.pieces[it.Number]
		at := gramBegins - p.gram
		if at >= 0 && len(b)-at >= len(p.text) && string(b[at:at+len(p.text)]) == p.text {
			visit(int(it.Number), at)
		}
	}
}

func hashGram(gram uint32, size int) uint64 {
	return (uint64(size)<<32 | uint64(gram)) * 0x9e3779b97f4a7c15
}

func gramAt[T string | []byte](text T, at, size int) uint32 {
	gram := uint32(0)
	for i := at; i < at+size; i++ {
		gram = gram<<8 | uint32(text[i])
	}
	return gram
}

// rarestGram gives where the gram of a piece begins that stands in the fewest messages.
func rarestGram(text string) int {
	best, rarest := 0, 0
	for at := 0; at+gramSize <= len(text); at++ {
		if r := Rarity(text[at : at+gramSize]); r > rarest {
			best, rarest = at, r
		}
	}
	return best
}

// Rarity estimates how seldom a text stands in messages, in bits: the sum over its bytes.
func Rarity(text string) int {
	sum := 0
	for i := range len(text) {
		sum += int(rarity[text[i]])
	}
	return sum
}

// rarity is -log2 of how often a byte comes, rounded, in chats in languages of Europe: folded text, so no capitals.
var rarity = func() (table [256]uint8) {
	for c := range table {
		table[c] = 8
	}
	for bits, letters := range map[uint8]string{3: " e", 4: "aistnoru", 5: "ldhmcp", 6: "gvyfbw'.,", 7: "kqjxz!?-"} {
		for i := range len(letters) {
			table[letters[i]] = bits
		}
	}
	for c := 0x80; c < len(table); c++ {
		table[c] = 5
	}
	return table
}()
