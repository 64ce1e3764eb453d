// Package crashtest kills the real program again and again while a community goes on talking, and then compares
// what the platform shows with what the program wrote down: nothing may be missing, nothing done twice. It does so
// on Matrix; on Discord with every session resumed; and on Discord with every session lost.
//
// Plain tests do it a few times; more with
//
//	go test ./internal/crashtest -run Discord/identify -kills 200 -seed 7 -v -timeout 30m
package crashtest
