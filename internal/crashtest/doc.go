// Package crashtest kills the real program again and again while a community goes on talking, and then compares
// what the platform shows with what the program wrote down: nothing may be missing, nothing done twice. It does so
// on Matrix and on Discord, where every other four lives find their session lost.
//
// Plain tests do it a few times; more with
//
//	go test ./internal/crashtest -platform discord -kills 200 -v -timeout 30m
package crashtest
