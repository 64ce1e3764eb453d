package console

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"palabre/adapters"
	"palabre/chat"
	"palabre/internal/human"
)

// Help is what one may type, in the order of usefulness.
const Help = `alice: hello                  alice speaks where talk goes by default; \n begins another line
alice #help: hello            … in a room; #debates/7: in the thread of message 7
alice > 3: hello              … in answer to message 3
alice joins (account 1d)      a newcomer, whose account is one day old
alice sends photo.png (2MB): hello   a file; also: sends a sticker, a voice message, a poll, a forward, a notice; to #help
alice leaves
alice edits 3: hello          alice deletes 3          alice reacts 3 👍
alice presses 3 1             the first choice of message 3
alice votes 3 1               the first answer of the poll 3; also: unvotes
alice opens a thread: cats    alice reports 3          alice is stopped by the filter spam: hello
mod: !help                    a moderator calls a command (mod and admin are there from the start)
mod bans alice                in their own client; also unbans, removes, deletes 3
alice is trusted              member | trusted | moderator | admin; also: alice has role helper, has no role helper, alice is called Bob
+2h                           the clock moves; also: next monday, next monday 18:00, at 2026-11-23 09:00
restart                       Palabre is stopped and started again
the network fails 3 times     the next calls get no answer; also: loses 3 answers
the network forbids ban       … and allows ban
who                           who is here
help · quit`

// ErrUnknown: the line is not one of the script's.
var ErrUnknown = errors.New("I do not understand; `help` lists what one may type")

// verb is one form of line: who does what.
type verb struct {
	form *regexp.Regexp
	do   func(w *World, m *member, args []string) error
}

const who = `^([\p{L}\p{N}_.-]+) `

// The lines in which somebody does something, tried in this order.
var verbs = []verb{
	{regexp.MustCompile(who + `joins(?: \(?account ([^)]+)\)?)?$`), (*World).joins},
	{regexp.MustCompile(who + `leaves$`), (*World).leaves},
	{regexp.MustCompile(who + `is (member|trusted|moderator|admin)$`), (*World).stands},
	{regexp.MustCompile(who + `is called (.+)$`), (*World).isCalled},
	{regexp.MustCompile(who + `has no role (\S+)$`), (*World).hasNoRole},
	{regexp.MustCompile(who + `has role (\S+)$`), (*World).hasRole},
	{regexp.MustCompile(who + `edits (\d+): (.+)$`), (*World).edits},
	{regexp.MustCompile(who + `deletes (\d+)$`), (*World).deletes},
	{regexp.MustCompile(who + `reacts (\d+) (\S+)$`), (*World).reacts},
	{regexp.MustCompile(who + `presses (\d+) (\d+)$`), (*World).presses},
	{regexp.MustCompile(who + `(votes|unvotes) (\d+) (\d+)$`), (*World).voting},
	{regexp.MustCompile(who + `(bans|unbans|removes) (\S+)$`), (*World).moderates},
}

var (
	speech  = regexp.MustCompile(`^([\p{L}\p{N}_.-]+)(?: (#\S+?))?(?: >\s?(\d+))?: (.*)$`)
	network = regexp.MustCompile(`^the network (?:(fails) (\d+) times?|(loses) (\d+) answers?|(forbids|allows) (.+))$`)
)

// Exec plays one line of a script. Delivered waits until adapters have heard of it.
func (w *World) Exec(line string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if m := network.FindStringSubmatch(line); m != nil {
		return w.trouble.order(m)
	}
	if line == "who" {
		w.who()
		return nil
	}
	for _, v := range slices.Concat(verbs, sending) {
		if m := v.form.FindStringSubmatch(line); m != nil {
			return v.do(w, w.member(m[1]), m[2:])
		}
	}
	if m := speech.FindStringSubmatch(line); m != nil {
		return w.speaks(w.member(m[1]), m[2], m[3], m[4])
	}
	return ErrUnknown
}

func (t *trouble) order(m []string) error {
	switch {
	case m[1] != "":
		n, err := strconv.Atoi(m[2])
		t.failures = n
		return err
	case m[3] != "":
		n, err := strconv.Atoi(m[4])
		t.lost = n
		return err
	default:
		t.forbidden[chat.ActionKind(m[6])] = m[5] == "forbids"
		return nil
	}
}

func (w *World) joins(m *member, args []string) error {
	if m.banned {
		return fmt.Errorf("%s cannot come in: banned", m.name)
	}
	if args[0] != "" {
		age, err := human.Parse(args[0])
		if err != nil {
			return err
		}
		m.created = w.now().Add(-age)
	}
	m.joined, m.here = w.now(), true
	w.print(chat.RoomRef{}, m.name, "joins")
	w.happen(chat.Event{Actor: m.actor(), Body: chat.MemberJoined{}})
	return nil
}

func (w *World) leaves(m *member, _ []string) error {
	m.here = false
	w.print(chat.RoomRef{}, m.name, "leaves")
	w.happen(chat.Event{Actor: m.actor(), Body: chat.MemberLeft{}})
	return nil
}

func (w *World) stands(m *member, args []string) error {
	m.standing, _ = chat.ParseStanding(args[0])
	return nil
}

func (w *World) isCalled(m *member, args []string) error {
	w.print(chat.RoomRef{}, m.name, "is now called %s", args[0])
	w.renamed(m, args[0])
	return nil
}

func (w *World) hasRole(m *member, args []string) error {
	w.hands(m, chat.Actor{}, args[0], true)
	return nil
}

func (w *World) hasNoRole(m *member, args []string) error {
	w.hands(m, chat.Actor{}, args[0], false)
	return nil
}

func (w *World) speaks(m *member, roomName, replyTo, text string) error {
	room, err := w.place(m, roomName)
	if err != nil {
		return err
	}
	text = written(text)
	content := w.content(text, replyTo)
	id := w.newMessage(message{room: room, author: m.name, text: text, pings: content.Mentions})
	w.say(room, id, replyTo, m.name, text)
	ref := chat.MessageRef{Room: room, ID: id}
	sent := chat.Event{Room: room, Actor: m.actor(), Body: chat.MessageSent{Message: ref, Content: content}}
	if name, args, isCommand := adapters.ParseCommand(text, w.prefix); isCommand {
		call := chat.Event{
			ID: fmt.Sprintf("console:%d:cmd", len(w.log)+1), Room: room, Actor: m.actor(),
			Body: chat.CommandInvoked{Name: name, Args: args, Message: ref, ReplyTo: replyTo},
		}
		w.happen(sent, call)
		return nil
	}
	w.happen(sent)
	return nil
}

func (w *World) maySpeak(m *member) error {
	if !m.here {
		return fmt.Errorf("%s is not here", m.name)
	}
	until, silent := w.silent(m)
	switch {
	case silent && m.mute:
		return fmt.Errorf("%s cannot speak: silenced", m.name)
	case silent:
		return fmt.Errorf("%s cannot speak: silenced until %s", m.name, w.clock(until))
	default:
		return nil
	}
}

var mentioned = regexp.MustCompile(`(?:^|\s)@([\p{L}\p{N}_.-]+)`)

// content is a text with the members that it pings.
func (w *World) content(text, replyTo string) chat.Content {
	c := chat.Content{Text: text, ReplyTo: replyTo}
	for _, m := range mentioned.FindAllStringSubmatch(text, -1) {
		name := strings.ToLower(m[1])
		if name == "everyone" || name == "here" || name == "room" {
			c.MentionsAll = true
		} else if who, ok := w.members[name]; ok {
			c.Mentions = append(c.Mentions, who.ref())
		}
	}
	return c
}

// own finds a message that somebody may change.
func (w *World) own(m *member, id string, always bool) (*message, error) {
	msg, ok := w.messages[id]
	switch {
	case !ok || msg.gone:
		return nil, fmt.Errorf("there is no message %s", id)
	case msg.author != m.name && !always:
		return nil, fmt.Errorf("message %s is not %s's", id, m.name)
	default:
		return msg, nil
	}
}

func (w *World) edits(m *member, args []string) error {
	msg, err := w.own(m, args[0], false)
	if err != nil {
		return err
	}
	if err := w.maySpeak(m); err != nil {
		return err
	}
	msg.revisions++
	msg.text = written(args[1])
	w.print(msg.room, m.name, "edits %s: %s", args[0], msg.text)
	w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: chat.MessageEdited{
		Message: chat.MessageRef{Room: msg.room, ID: args[0]}, Revision: strconv.Itoa(msg.revisions), Content: w.content(msg.text, ""),
	}})
	return nil
}

func (w *World) deletes(m *member, args []string) error {
	msg, err := w.own(m, args[0], m.standing >= chat.StandingModerator)
	if err != nil {
		return err
	}
	msg.gone = true
	w.print(msg.room, m.name, "deletes %s", args[0])
	w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: chat.MessageDeleted{
		Message: chat.MessageRef{Room: msg.room, ID: args[0]}, Author: w.member(msg.author).ref(),
	}})
	return nil
}

func (w *World) reacts(m *member, args []string) error {
	msg, err := w.own(m, args[0], true)
	if err != nil {
		return err
	}
	ref := chat.MessageRef{Room: msg.room, ID: args[0]}
	w.print(msg.room, m.name, "%s under %s", args[1], args[0])
	w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: chat.ReactionAdded{Message: ref, Emoji: args[1]}})
	if choice, ok := msg.choice(args[1]); ok {
		w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: chat.ButtonPressed{Card: msg.card.Key, Choice: choice.ID, Message: ref}})
	}
	return nil
}

// choice is the option of the message's card that a reaction chooses.
func (m *message) choice(emoji string) (chat.Choice, bool) {
	if m.card == nil {
		return chat.Choice{}, false
	}
	i := slices.IndexFunc(m.card.Choices, func(c chat.Choice) bool { return bare(c.Emoji) == bare(emoji) })
	if i < 0 {
		return chat.Choice{}, false
	}
	return m.card.Choices[i], true
}

// bare is an emoji without the mark that asks for its colourful form: keyboards differ in it.
func bare(emoji string) string { return strings.ReplaceAll(emoji, "\ufe0f", "") }

func (w *World) presses(m *member, args []string) error {
	msg, err := w.own(m, args[0], true)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[1])
	if err != nil || msg.card == nil || n < 1 || n > len(msg.card.Choices) {
		return fmt.Errorf("message %s has no choice %s", args[0], args[1])
	}
	choice := msg.card.Choices[n-1]
	w.print(msg.room, m.name, "presses %s: %s", args[0], choice.Label)
	w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: chat.ButtonPressed{
		Card: msg.card.Key, Choice: choice.ID, Message: chat.MessageRef{Room: msg.room, ID: args[0]},
	}})
	return nil
}

// moderates is what a moderator does in their own client, without asking Palabre.
func (w *World) moderates(m *member, args []string) error {
	target, ok := w.members[strings.ToLower(strings.TrimPrefix(args[1], "@"))]
	if !ok {
		return fmt.Errorf("there is no %s", args[1])
	}
	switch {
	case m.standing <= target.standing:
		return fmt.Errorf("%s does not stand above %s", m.name, target.name)
	case args[0] == "bans":
		w.ban(target, m.actor(), "")
	case args[0] == "unbans":
		w.unban(target, m.actor())
	default:
		w.kick(target, m.actor(), "")
	}
	return nil
}

// clock is a moment as people read it, with the weekday when it is not today.
func (w *World) clock(t time.Time) string {
	t, now := t.In(w.zone), w.now().In(w.zone)
	if t.YearDay() == now.YearDay() && t.Year() == now.Year() {
		return t.Format("15:04:05")
	}
	return t.Format("Mon 2 Jan 15:04:05")
}
