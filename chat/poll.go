package chat

import "time"

// The words about polls: the platform's own, with votes that it counts.
const (
	ActOpenPoll  ActionKind = "open poll"
	ActClosePoll ActionKind = "close poll"

	KindVote   EventKind = "vote"
	KindUnvote EventKind = "unvote"
)

// OpenPoll asks a question with answers to choose from. Room, Logical, Priority and Ref are as in Send.
type OpenPoll struct {
	Room     RoomRef       `json:"room"`
	Logical  string        `json:"logical,omitempty"`
	Ask      Phrase        `json:"-"`
	Question string        `json:"question"` // rendered from Ask by the shell: plain text
	Answers  []PollAnswer  `json:"answers"`  // 2 to 10
	Lasts    time.Duration `json:"lasts,omitempty"`
	Multiple bool          `json:"multiple,omitempty"` // more than one answer may be chosen
	Priority Priority      `json:"priority,omitempty"`
	Ref      string        `json:"ref,omitempty"`
}

// PollAnswer is one answer of a poll. Votes name it by its place: "1" is the first.
type PollAnswer struct {
	Emoji string `json:"emoji,omitempty"`
	Say   Phrase `json:"-"`
	Label string `json:"label"` // rendered from Say by the shell
}

// ClosePoll ends a poll of ours before its time. A poll with Lasts ends by itself where the platform ends polls.
type ClosePoll struct {
	Message MessageRef `json:"message"`
}

// PollVoted: the Actor chose answers of a poll. With Instead they take the place of all that the Actor chose
// before (none at all: the vote is taken back); else they are chosen besides.
type PollVoted struct {
	Message MessageRef
	Answers []string // by their place, "1" first, in a poll of ours; by the platform's ids in another
	Instead bool
}

// PollUnvoted: the Actor no longer chooses these answers.
type PollUnvoted struct {
	Message MessageRef
	Answers []string
}

// ActionKind is the word for it.
func (OpenPoll) ActionKind() ActionKind { return ActOpenPoll }

// ActionKind is the word for it.
func (ClosePoll) ActionKind() ActionKind { return ActClosePoll }

// EventKind is the word for it.
func (PollVoted) EventKind() EventKind { return KindVote }

// EventKind is the word for it.
func (PollUnvoted) EventKind() EventKind { return KindUnvote }
