package discord

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

// Discord waits three seconds for the first answer to an interaction. So it is given here, at once, by the goroutine
// of the interaction's own, while the event goes its way: "thinking" for a command, nothing for a button, a form from
// the command's definition, choices while somebody types.
const (
	firstAnswer     = 3 * time.Second
	callBackPause   = 100 * time.Millisecond // between two tries of the first answer
	completeWithin  = 2 * time.Second
	ephemeral       = 1 << 6
	formPrefix      = "form"
	cardPrefix      = "card"
	maxCustomID     = 100
	maxFormTitle    = 45
	maxFormFields   = 5
	maxChoices      = 25
	maxChoiceLabel  = 100
	defaultFieldMax = 1000
)

// Kinds of first answers.
const (
	answerDeferred = 5
	answerNothing  = 6
	answerChoices  = 8
	answerForm     = 9
)

// ack is the first answer to an interaction, under way or given.
type ack struct {
	done chan struct{}
	err  error // once done
}

// refused tells that Discord did not know the interaction any more: its caller was told that nobody answered.
func (k *ack) refused() bool { return hasCode(k.err, codeUnknownInteraction) }

// acknowledge gives the first answer to an interaction, from a goroutine of its own.
func (r *receiver) acknowledge(f frame) {
	var in wireInteraction
	if _, err := decode(f.Data, &in); err != nil || in.Guild != r.opts.Guild || in.ID == "" || in.Token == "" {
		return
	}
	r.mu.Lock()
	if _, again := r.acks.Get(in.ID); again {
		r.mu.Unlock()
		return
	}
	k := &ack{done: make(chan struct{})}
	r.acks.Put(in.ID, k)
	r.answers.Put(in.Token, &answer{ack: k})
	r.mu.Unlock()
	r.helpers.Go(func() {
		defer r.wake()
		defer close(k.done)
		ctx, cancel := context.WithTimeout(r.ctx, firstAnswer)
		defer cancel()
		k.err = r.callBack(ctx, call{
			method: http.MethodPost, path: "/interactions/" + in.ID + "/" + in.Token + "/callback", body: r.first(ctx, in),
		})
		if k.err != nil {
			r.log.Warn("discord: interaction not acknowledged", "err", k.err)
		}
	})
}

// callBack makes the call of a first answer, and makes it again while there is time and it is not known that Discord
// has it: nobody else would, and without it no other answer is taken.
func (r *receiver) callBack(ctx context.Context, c call) error {
	for {
		err := r.rest.do(ctx, c)
		var retry *chat.RetryError
		switch {
		case hasCode(err, codeAlreadyAnswered):
			return nil
		case !errors.As(err, &retry):
			return err
		}
		if sleep(ctx, max(callBackPause, retry.After)) != nil {
			return err
		}
	}
}

// first is the first answer's body.
func (r *receiver) first(ctx context.Context, in wireInteraction) map[string]any {
	switch in.Type {
	case discordgo.InteractionApplicationCommandAutocomplete:
		return map[string]any{"type": answerChoices, "data": map[string]any{"choices": r.choices(ctx, in)}}
	case discordgo.InteractionMessageComponent:
		return map[string]any{"type": answerNothing}
	case discordgo.InteractionApplicationCommand:
		r.mu.Lock()
		spec, options := r.book.called(in)
		form := asked(spec, in, options)
		r.mu.Unlock()
		if form != nil {
			return map[string]any{"type": answerForm, "data": form}
		}
	}
	return map[string]any{"type": answerDeferred, "data": map[string]any{"flags": ephemeral}}
}

// choices are what is proposed while somebody types.
func (r *receiver) choices(ctx context.Context, in wireInteraction) []map[string]string {
	out := []map[string]string{}
	r.mu.Lock()
	complete := r.book.specs.complete
	spec := r.book.specs.named(in.Data)
	room, _ := r.book.guild.room(in.Channel)
	caller := r.book.caller(in)
	r.mu.Unlock()
	if complete == nil || spec == nil {
		return out
	}
	limited, cancel := context.WithTimeout(ctx, completeWithin)
	defer cancel()
	for _, o := range in.Data.Options {
		if !o.Focused {
			continue
		}
		for _, c := range complete(limited, room, caller, spec.Name, o.Name, o.text()) {
			if len(out) < maxChoices && c.ID != "" && utf8.RuneCountInString(c.ID) <= maxChoiceLabel {
				out = append(out, map[string]string{"name": short(first(c.Label, c.ID), maxChoiceLabel), "value": c.ID})
			}
		}
	}
	return out
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// short cuts a text to a number of characters.
func short(s string, limit int) string {
	s = harmless(s)
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}

// caller is who caused an interaction. What they may do comes with it, and is newer than what we remember.
func (b *book) caller(in wireInteraction) chat.Actor {
	if in.Member == nil || in.Member.User == nil {
		return chat.Actor{}
	}
	actor := b.guild.actor(in.Member.User, in.Member)
	actor.Standing = max(b.guild.standingBy(actor.ID, in.Member.Permissions), b.guild.named(in.Member.Roles))
	return actor
}

// called gives the definition of the command that was called, nil when there is none of that name, and its options.
func (b *book) called(in wireInteraction) (*chat.CommandSpec, map[string]string) {
	spec := b.specs.named(in.Data)
	options := map[string]string{}
	for _, o := range in.Data.Options {
		options[o.Name] = o.text()
	}
	if spec == nil || in.Data.Target == "" {
		return spec, options
	}
	for _, p := range spec.Params {
		if p.Kind != chat.ParamMember {
			continue
		}
		if who := in.target(b); who != "" {
			options[p.Name] = who
		}
		break
	}
	return spec, options
}

// target is the member whose menu was used, or who answers for the message whose menu was.
func (in wireInteraction) target(b *book) string {
	if in.Data.Type == discordgo.UserApplicationCommand {
		return in.Data.Target
	}
	if m, ok := in.Data.Resolved.Messages[in.Data.Target]; ok && m.Author != nil {
		if who := b.speaker(m); who != nil {
			return who.ID
		}
		return m.Author.ID
	}
	return ""
}

// onMessage is the message whose menu was used, empty when none was.
func (in wireInteraction) onMessage() string {
	if in.Data.Type == discordgo.MessageApplicationCommand {
		return in.Data.Target
	}
	return ""
}

// reply is the handle for answering. A press has no waiting sign, so its first answer is a message of its own.
func (in wireInteraction) reply() string {
	handle := in.App + "/" + in.Token
	if in.Type == discordgo.InteractionMessageComponent {
		handle += pressSuffix
	}
	return handle
}

// pressSuffix marks the handle of a press.
const pressSuffix = "/press"

// interacted is a command, a press or a filled form. A call that was answered with a form comes again when that is
// filled in; questions for choices are nobody's event.
func (b *book) interacted(in wireInteraction, d dispatch) ([]chat.Event, error) {
	actor := b.caller(in)
	if in.ID == "" || actor.IsZero() {
		return nil, errIncomplete
	}
	if c := in.Place; c != nil && b.guild.channels[c.ID] == nil {
		b.guild.putChannel(c)
	}
	body := b.interaction(in)
	if body == nil {
		return nil, nil
	}
	return []chat.Event{b.event(in.ID, snowflakeTime(in.ID), d.arrived, in.Channel, actor, body)}, nil
}

func (b *book) interaction(in wireInteraction) chat.Body {
	switch in.Type {
	case discordgo.InteractionApplicationCommand:
		spec, options := b.called(in)
		if asked(spec, in, options) != nil {
			return nil
		}
		name := in.Data.Name
		if spec != nil {
			name = spec.Name
		}
		return chat.CommandInvoked{Name: name, ReplyTo: in.onMessage(), Options: options, Reply: in.reply()}
	case discordgo.InteractionMessageComponent:
		key, choice, ok := readCardID(in.Data.CustomID)
		if !ok || in.Message == nil {
			return nil
		}
		return chat.ButtonPressed{Card: key, Choice: choice, Message: b.ref(in.Channel, in.Message.ID), Reply: in.reply()}
	case discordgo.InteractionModalSubmit:
		key, message, fields, ok := readFormID(in.Data.CustomID)
		if !ok {
			return nil
		}
		collect(fields, in.Data.Components)
		out := chat.FormSubmitted{Form: key, Fields: fields, Reply: in.reply()}
		if message != "" {
			out.Message = b.ref(in.Channel, message)
		}
		return out
	}
	return nil
}

// cardID is what a button brings back: its card and its choice.
func cardID(key, choice string) string {
	escape := strings.NewReplacer("%", "%25", "|", "%7C").Replace
	return cardPrefix + "|" + escape(key) + "|" + escape(choice)
}

func readCardID(id string) (key, choice string, ok bool) {
	parts := strings.Split(id, "|")
	if len(parts) != 3 || parts[0] != cardPrefix {
		return "", "", false
	}
	plain := strings.NewReplacer("%7C", "|", "%25", "%").Replace
	return plain(parts[1]), plain(parts[2]), true
}
