// Package chat holds the words that every other package shares: what happens (Event), what
// Palabre does (Action), and the names of rooms, members and messages on every network.
// It imports the standard library only and does no I/O.
package chat
