// Package raidtest lets two thousand new accounts raid a community that the program watches, on each network, and measures
// how soon each message is judged, how much the moderators have to read, what memory it takes and how soon it stops.
// There is nothing but its tests, which are short by themselves; `make long` is the whole raid.
package raidtest
