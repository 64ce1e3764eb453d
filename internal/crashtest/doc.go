// Package crashtest kills the real program again and again while a community goes on talking, and then compares
// what the homeserver shows with what the program wrote down: nothing may be missing, nothing done twice.
//
// Plain tests do it a few times; more with
//
//	go test ./internal/crashtest -kills 200 -v -timeout 30m
package crashtest
