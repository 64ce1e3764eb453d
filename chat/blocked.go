package chat

// KindBlocked is the kind of MessageBlocked.
const KindBlocked EventKind = "blocked"

// MessageBlocked: the platform's own filter (Discord's AutoMod) met something that the Actor said, or wanted to say.
type MessageBlocked struct {
	Message MessageRef // what was met; zero when it was never shown
	Rule    string     // the platform's id of the filter's rule
	Matched string     // the piece that it met: data
	Content Content
	Posts   bool // the event's room takes posts and no messages: a forum
}

// EventKind is the word for it.
func (MessageBlocked) EventKind() EventKind { return KindBlocked }
