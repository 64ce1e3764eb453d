package chat

// CommandSpec is a command as a platform publishes it: names, words and typed parameters, and nothing of what it does.
type CommandSpec struct {
	Name        string            // the English name, by which CommandInvoked calls it
	Names       map[string]string // the name by language ("en", "fr"): lower case letters, 32 at most
	Description map[string]string // one line by language, 100 characters at most
	Params      []ParamSpec       // required ones first
	Standing    Standing          // the least standing that may call it
	// OnMember and OnMessage offer the command in the menu of a member or of a message. The call has the member,
	// or the message's author, as the option of its first parameter of kind ParamMember, and a message also as ReplyTo.
	OnMember, OnMessage bool
	Menu                map[string]string // the words of the menu's line by language, 32 characters at most
	// Form asks for what a call leaves out. The adapter shows it at once, before any event, when the call comes
	// from a menu or has no value for a Required field; only fields that have no value yet are shown. What is
	// submitted comes as FormSubmitted. Nil: never asked.
	Form *Form
}

// ParamSpec is one parameter of a CommandSpec.
type ParamSpec struct {
	Name         string            // the key in CommandInvoked.Options
	Names        map[string]string // the name shown, by language
	Description  map[string]string // one line by language, 100 characters at most
	Kind         ParamKind
	Required     bool
	Autocomplete bool // the platform asks for choices while the value is typed
}

// ParamKind is what a parameter's value is.
type ParamKind string

// The kinds of parameters. Values are given as they are typed: "1h30", "12", "shouting in general"; a member's is an id.
const (
	ParamMember   ParamKind = "member"
	ParamDuration ParamKind = "duration"
	ParamCase     ParamKind = "case" // the number of a case
	ParamWord     ParamKind = "word"
	ParamText     ParamKind = "text" // everything to the end of the line
)

// Form is a small set of questions. What was answered comes back as FormSubmitted with the form's Key.
type Form struct {
	Key      string      `json:"key"` // the command's Name
	TitleSay Phrase      `json:"-"`
	Title    string      `json:"title"` // rendered from TitleSay by the shell; 45 characters at most
	Fields   []FormField `json:"fields"`
}

// FormField is one question of a Form.
type FormField struct {
	ID       string `json:"id"` // the parameter's Name
	LabelSay Phrase `json:"-"`
	Label    string `json:"label"` // rendered from LabelSay by the shell; 45 characters at most
	Long     bool   `json:"long,omitempty"`
	Required bool   `json:"required,omitempty"`
	Max      int    `json:"max,omitempty"` // characters; 0: the platform's own limit
}
