// Package match finds many things in a text at once: what it costs hardly grows with their number. It knows bytes
// and hashes only; what they mean is its callers' affair.
package match
