package chat

// ActSetMode is the word about the modes of rules. The shell settles it itself.
const ActSetMode ActionKind = "set mode"

// SetMode gives a rule another mode than the file says, until the file says something else of that rule.
type SetMode struct {
	Rule string
	Mode string // shadow, ask or enforce
	By   string // name of the admin
}

// ActionKind is the word for it.
func (SetMode) ActionKind() ActionKind { return ActSetMode }
