package discordtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// The kinds of interactions, and of answers to them.
const (
	askCommand      = 2
	askComponent    = 3
	askAutocomplete = 4
	askModal        = 5

	AnswerMessage  = 4
	AnswerDeferred = 5
	AnswerSilent   = 6 // a deferred update
	AnswerUpdate   = 7
	AnswerChoices  = 8
	AnswerModal    = 9
)

const (
	firstWithin = 3 * time.Second
	tokenFor    = 15 * time.Minute
)

// Interaction is what somebody asked for by a command, a button or a form, and what became of it.
type Interaction struct {
	ID, Token string
	Type      int
	By        string // the user
	Channel   string
	Name      string // the command's name, or the custom id
	At        time.Time
	// Answered is when the first answer came; zero while none has, or when it came after 3 s and was refused.
	Answered time.Time
	Answer   int    // the first answer's kind
	Late     int    // answers refused because 3 s were over
	Twice    int    // answers refused because there was one already
	Original string // id of the message that is the answer, once there is one
	Thinking bool   // deferred, and nothing said yet
	Private  bool   // the answer is shown to the caller alone
	Said     []string
	Choices  []Choice
	Modal    *Modal

	user    *user
	channel *channel
	source  *message // of a button
	kind    int      // of a command: 1 slash, 2 user, 3 message
}

// Choice is one suggestion.
type Choice struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Modal is a form that the bot shows.
type Modal struct {
	CustomID, Title string
	Fields          []Field
	interaction     *Interaction
}

// Field is one line of a form.
type Field struct {
	CustomID, Label, Value string
	Long, Required         bool
	Max                    int
}

// Interaction gives the state of an interaction by its id.
func (s *Server) Interaction(id string) (Interaction, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, i := range s.asked {
		if i.ID == id {
			return i.shown(), true
		}
	}
	return Interaction{}, false
}

// Interactions gives all of them, oldest first.
func (s *Server) Interactions() []Interaction {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Interaction
	for _, i := range s.asked {
		out = append(out, i.shown())
	}
	slices.SortFunc(out, func(a, b Interaction) int { return a.At.Compare(b.At)*2 + strings.Compare(a.ID, b.ID) })
	return out
}

func (i *Interaction) shown() Interaction {
	out := *i
	out.Said, out.Choices = slices.Clone(i.Said), slices.Clone(i.Choices)
	return out
}

// begin tells the bot of an interaction.
func (s *Server) begin(i *Interaction, data object) *Interaction {
	now := s.now()
	i.ID, i.At, i.By, i.Channel = s.ids.at(now), now, i.user.id, i.channel.id
	i.Token = fmt.Sprintf("token%sof%s", i.ID, i.user.id)
	s.asked[i.Token] = i
	o := object{
		"id": i.ID, "application_id": s.app, "type": i.Type, "token": i.Token, "version": 1, "data": data,
		"channel_id": i.channel.id, "channel": i.channel.object(), "locale": i.user.locale, "entitlements": []object{},
		"authorizing_integration_owners": object{}, "attachment_size_limit": 26214400, "context": 1,
	}
	if i.source != nil {
		o["message"] = i.source.object(s.app)
	}
	g := i.channel.guild
	if g == nil {
		o["user"] = i.user.object()
	} else {
		m := g.members[i.user.id]
		member := m.object()
		member["permissions"] = bits(g.permissions(m, i.channel, now))
		o["member"], o["guild_id"], o["guild_locale"], o["context"] = member, g.id, g.locale, 0
		o["guild"] = object{"id": g.id, "locale": g.locale, "features": []string{}}
		o["app_permissions"] = bits(g.permissions(g.members[s.app], i.channel, now))
		o["authorizing_integration_owners"] = object{"0": g.id}
	}
	for _, ses := range s.gateway.sessions {
		if !ses.dead && ses.has(g) {
			s.event(ses, "INTERACTION_CREATE", o)
		}
	}
	return i
}

// reply is the body of the first answer.
type reply struct {
	Type int `json:"type"`
	Data struct {
		draft
		CustomID string   `json:"custom_id"`
		Title    string   `json:"title"`
		Choices  []Choice `json:"choices"`
	} `json:"data"`
}

// callback is the first answer to an interaction.
func callback(s *Server, a *ask) (any, *problem) {
	i := s.asked[a.PathValue("token")]
	if i == nil || i.ID != a.PathValue("interaction") {
		return nil, unknown(10062, "interaction")
	}
	if !i.Answered.IsZero() {
		i.Twice++
		return nil, refuse(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	if s.now().Sub(i.At) > firstWithin {
		i.Late++
		return nil, unknown(10062, "interaction")
	}
	var r reply
	if problem := a.read(&r); problem != nil {
		return nil, problem
	}
	r.Data.files = a.files
	if problem := s.first(i, &r); problem != nil {
		return nil, problem
	}
	i.Answered, i.Answer = s.now(), r.Type
	s.effect(a.by, Effect{Kind: "answer", Channel: i.channel.id, Message: i.Original, Target: i.user.id, Text: r.Data.Content})
	if a.URL.Query().Get("with_response") != "true" {
		return nil, nil
	}
	return s.callbackObject(i, r.Type), nil
}

func (s *Server) callbackObject(i *Interaction, kind int) object {
	inner := object{"id": i.ID, "type": i.Type, "channel_id": i.channel.id, "response_message_ephemeral": i.Private, "response_message_loading": i.Thinking}
	if g := i.channel.guild; g != nil {
		inner["guild_id"] = g.id
	}
	out := object{"interaction": inner}
	m := i.channel.find(i.Original)
	if m == nil {
		return out
	}
	inner["response_message_id"] = m.id
	if kind == AnswerMessage || kind == AnswerUpdate {
		out["resource"] = object{"type": kind, "message": m.object(s.app)}
	}
	return out
}

// first does what the first answer says.
func (s *Server) first(i *Interaction, r *reply) *problem {
	auto := i.Type == askAutocomplete
	if auto != (r.Type == AnswerChoices) {
		return malformed("type", "Interaction response type is not valid for this interaction")
	}
	switch r.Type {
	case AnswerChoices:
		return i.suggest(r.Data.Choices)
	case AnswerModal:
		return s.show(i, r)
	case AnswerMessage:
		return s.respond(i, r.Data.draft)
	case AnswerDeferred:
		return s.think(i, r.Data.Flags)
	case AnswerSilent, AnswerUpdate:
		return s.update(i, r)
	}
	return malformed("type", "Value must be one of {1, 4, 5, 6, 7, 8, 9, 10, 12}.")
}

const choicesAtMost = 25

func (i *Interaction) suggest(choices []Choice) *problem {
	if len(choices) > choicesAtMost {
		return malformed("choices", "Must be 25 or fewer in length.")
	}
	for _, c := range choices {
		if n := len([]rune(c.Name)); n == 0 || n > 100 {
			return malformed("choices", "Must be between 1 and 100 in length.")
		}
		if text, ok := c.Value.(string); ok && len([]rune(text)) > 100 {
			return malformed("choices", "Must be 100 or fewer in length.")
		}
	}
	i.Choices = choices
	return nil
}

// show opens a form, which may not answer another form.
func (s *Server) show(i *Interaction, r *reply) *problem {
	if i.Type == askModal {
		return malformed("type", "Interaction response type is not valid for this interaction")
	}
	m := &Modal{CustomID: r.Data.CustomID, Title: r.Data.Title, interaction: i}
	if n := len([]rune(m.Title)); n == 0 || n > 45 {
		return malformed("title", "Must be between 1 and 45 in length.")
	}
	if n := len([]rune(m.CustomID)); n == 0 || n > 100 {
		return malformed("custom_id", "Must be between 1 and 100 in length.")
	}
	if n := len(r.Data.Components); n == 0 || n > 5 {
		return malformed("components", "Must be between 1 and 5 in length.")
	}
	for _, row := range r.Data.Components {
		inputs, label := inputsOf(row)
		for _, in := range inputs {
			f := fieldOf(in)
			if label != "" {
				f.Label = label
			}
			if n := len([]rune(f.Label)); n == 0 || n > 45 {
				return malformed("label", "Must be between 1 and 45 in length.")
			}
			m.Fields = append(m.Fields, f)
		}
	}
	i.Modal = m
	return nil
}

// inputsOf gives the inputs of a row, or of a label around one.
func inputsOf(row object) (inputs []object, label string) {
	if one, ok := row["component"].(object); ok {
		label, _ = row["label"].(string)
		return []object{one}, label
	}
	many, _ := row["components"].([]any)
	for _, c := range many {
		if o, ok := c.(object); ok {
			inputs = append(inputs, o)
		}
	}
	return inputs, ""
}

func fieldOf(in object) Field {
	text := func(key string) string { s, _ := in[key].(string); return s }
	style, _ := in["style"].(float64)
	max, _ := in["max_length"].(float64)
	required, told := in["required"].(bool)
	return Field{CustomID: text("custom_id"), Label: text("label"), Value: text("value"), Long: style == 2, Required: required || !told, Max: int(max)}
}

// answering is how the message that answers an interaction differs from others.
func (s *Server) answering(i *Interaction, d draft) draft {
	if d.Allowed == nil {
		d.Allowed = &allowed{Parse: []string{"users"}}
	}
	kind := typeDefault
	if i.Type == askCommand {
		kind = typeCommand
		if i.kind > 1 {
			kind = typeContextMenu
		}
	}
	d.kind, d.webhook, d.Nonce = kind, s.app, nil
	owners := object{"0": "0"} // a private chat
	if i.channel.guild != nil {
		owners["0"] = i.channel.guild.id
	}
	d.metadata = object{"id": i.ID, "type": i.Type, "user": i.user.object(), "authorizing_integration_owners": owners}
	if i.Type == askComponent && i.source != nil {
		d.metadata["interacted_message_id"] = i.source.id
	}
	if i.Type == askModal {
		d.metadata["triggering_interaction_metadata"] = object{"id": i.ID, "type": askCommand, "user": i.user.object(), "authorizing_integration_owners": owners}
	}
	if d.Flags&flagEphemeral != 0 {
		d.private = i.user.id
	}
	return d
}

func (s *Server) respond(i *Interaction, d draft) *problem {
	if d.Poll == nil && len(d.files) == 0 && d.empty() {
		return refuse(http.StatusBadRequest, 50006, "Cannot send an empty message")
	}
	m, problem := s.say(s.users[s.app], i.channel, s.answering(i, d))
	if problem != nil {
		return problem
	}
	i.Original, i.Private = m.id, m.private != ""
	i.Said = append(i.Said, m.content)
	return nil
}

// think shows that an answer will come.
func (s *Server) think(i *Interaction, flags int) *problem {
	d := s.answering(i, draft{Flags: flags})
	m, problem := s.compose(s.users[s.app], i.channel, d)
	if problem != nil {
		return problem
	}
	m.flags |= flagLoading
	s.append(m)
	i.Original, i.Thinking, i.Private = m.id, true, m.private != ""
	return nil
}

func (s *Server) update(i *Interaction, r *reply) *problem {
	if i.Type != askComponent && (i.Type != askModal || i.source == nil) {
		return malformed("type", "Interaction response type is not valid for this interaction")
	}
	if i.source != nil {
		i.Original = i.source.id
	}
	if r.Type == AnswerSilent {
		return nil
	}
	d := r.Data.draft
	if d.Allowed == nil {
		d.Allowed = &allowed{Parse: []string{"users"}}
	}
	if problem := d.wrong(); problem != nil {
		return problem
	}
	s.rewrite(s.users[s.app], i.source, d)
	i.Said = append(i.Said, d.Content)
	return nil
}
