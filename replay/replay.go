// Package replay tries rules on the past: it reads what was said from exports and archives as a stream of events with
// their own times, takes it through the rules as the bot would have, and reports what they would have done.
package replay

import (
	"context"

	"palabre/chat"
)

// Source is a past.
type Source interface {
	// Each gives every event in the order of its time. It stops at the first error that visit returns, and returns it.
	Each(ctx context.Context, visit func(*chat.Event) error) error
	// Survey is what is known of the past itself. It is complete when Each has ended.
	Survey() *Survey
}

// Survey describes a past: what was read, what could not be, and what it does not tell.
type Survey struct {
	Parts     []Part   `json:"parts"`     // one for each room and file
	Skipped   int      `json:"skipped"`   // records that could not be read; Mistakes names them
	Mistakes  []string `json:"mistakes"`  // each with file, line, column and a hint; at most MostMistakes
	Repeated  int      `json:"repeated"`  // records that stood in two files
	Disorder  int      `json:"disorder"`  // records that are older than the one before them in their file
	Edited    int      `json:"edited"`    // messages of which only the last text is known
	Withdrawn int      `json:"withdrawn"` // messages whose text is no longer known
	Reactions int      `json:"reactions"` // reactions without a time, which cannot be replayed
	Formatted int      `json:"formatted"` // messages in which names stand instead of ids
	Joins     int      `json:"joins"`     // joinings that are told
	Staff     int      `json:"staff"`     // moderators and admins among those who spoke
	Invites   bool     `json:"invites"`   // invitations mattered, whose destination nobody looks up any more
	Ages      bool     `json:"ages"`      // the ages of accounts are told
	Standings bool     `json:"standings"` // who is staff is told as it was then
	Records   bool     `json:"records"`   // it is the archive: what was done then is known
}

// Part is one room of a file.
type Part struct {
	File     string `json:"file"`
	Format   string `json:"format"`  // discord, element, palabre
	Room     string `json:"room"`    // as the export calls it
	Logical  string `json:"logical"` // the configuration's name; empty: no rule that names rooms sees it
	ByName   bool   `json:"by_name"` // recognised by its name, not by its id
	Messages int    `json:"messages"`
}

// MostMistakes is how many mistakes are named; all are counted.
const MostMistakes = 100
