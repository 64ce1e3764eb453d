// Package crashtest kills the real program again and again while a community goes on talking, and then compares
// what the platform shows with what the program wrote down: nothing may be missing, nothing done twice. It does so
// on Matrix; on Discord with every session resumed; and on Discord with every session lost.
//
// The community talks, offends, greets and is moderated; moderators switch raid mode and modes, answer questions (sometimes
// two of them at once), and undo; rooms are closed and roles given for a time; prompts ask every minute; what the ceilings
// hold is released by the operator or left; the file is saved with a rule and a prompt in it or without; backups are made
// and killed; old rows are forgotten. The limits are the usual ones.
//
// The program dies at a named step, in the middle of a call, at any time, or with the power. A power cut takes from the disk
// what was not synced: the log behind the last whole transaction, its index, and pages of the database that were being copied
// from the log. SQLite writes with synchronous=FULL, so what is committed was synced before anything was done about it:
// after such a cut, as after a kill, nothing is missing and nothing done twice. Between some lives time passes at once: longer
// than a network remembers what it knows orders by, longer than offences are punished.
//
// On a disk that lied, which loses what it said was written, less is owed: TestADiskThatLied says what.
//
// Plain tests do it a few times; more with
//
//	go test ./internal/crashtest -run Discord/identify -kills 200 -seed 7 -v -timeout 30m
package crashtest
