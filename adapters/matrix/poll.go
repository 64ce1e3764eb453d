package matrix

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"palabre/chat"
)

// The events of polls. Clients write and read these names; the stable ones are read too.
const (
	pollStart    = "org.matrix.msc3381.poll.start"
	pollResponse = "org.matrix.msc3381.poll.response"
	pollEnd      = "org.matrix.msc3381.poll.end"
	plainText    = "org.matrix.msc1767.text"

	stablePollStart    = "m.poll.start"
	stablePollResponse = "m.poll.response"

	maxPollAnswers = 20
)

// openPoll asks a question. Its answers are named by their places; whoever's client shows no polls reads them as lines.
func (a *Adapter) openPoll(ctx context.Context, key string, act chat.OpenPoll) (chat.Receipt, error) {
	if n := len(act.Answers); n < 2 || n > maxPollAnswers {
		return chat.Receipt{}, fmt.Errorf("%w: a poll of %d answers", chat.ErrInvalid, n)
	}
	room, err := a.resolve(ctx, act.Room.ID)
	if err != nil {
		return chat.Receipt{}, err
	}
	question := harmless(act.Question)
	lines, answers := []string{question}, []any{}
	for i, answer := range act.Answers {
		label := strings.TrimSpace(answer.Emoji + " " + harmless(answer.Label))
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, label))
		answers = append(answers, map[string]any{"id": strconv.Itoa(i + 1), plainText: label})
	}
	chosen := 1
	if act.Multiple {
		chosen = len(answers)
	}
	content := map[string]any{
		pollStart: map[string]any{
			"question":       map[string]any{plainText: question, "body": question, "msgtype": "m.text"},
			"kind":           "org.matrix.msc3381.poll.disclosed",
			"max_selections": chosen, "answers": answers,
		},
		plainText: strings.Join(lines, "\n"), "m.mentions": map[string]any{}, keyField: key,
	}
	if relates := relation(act.Room.Thread, ""); relates != nil {
		content["m.relates_to"] = relates
	}
	event, err := a.put(ctx, room, pollStart, key, content)
	ref := chat.RoomRef{Platform: chat.Matrix, ID: room, Thread: act.Room.Thread}
	return chat.Receipt{Message: chat.MessageRef{Room: ref, ID: event}}, err
}

// closePoll ends a poll. One that ended before ends no second time: clients count the votes before the first end.
func (a *Adapter) closePoll(ctx context.Context, key string, act chat.ClosePoll) error {
	room, err := a.resolve(ctx, act.Message.Room.ID)
	if err != nil {
		return err
	}
	content := map[string]any{
		"m.relates_to": map[string]any{"rel_type": "m.reference", "event_id": act.Message.ID}, pollEnd: map[string]any{}, plainText: "■",
	}
	return a.api.do(ctx, call{
		lane: writes, method: http.MethodPut, path: []any{"v3", "rooms", room, "send", pollEnd, key}, body: content,
	})
}

// poll is what a member's poll says, as a message.
func (v view) poll(ev wireEvent) []chat.Event {
	relates := ev.Content.obj("m.relates_to")
	switch relates.str("rel_type") {
	case "m.replace":
		return v.edit(ev, relates.str("event_id"))
	case "m.thread":
		v = v.in(relates.str("event_id"))
	}
	return []chat.Event{v.event(ev, "", chat.MessageSent{Message: v.ref(ev.ID), Content: pollOf(ev.Content)})}
}

// isPoll tells whether an event asks for votes.
func isPoll(eventType string) bool { return eventType == pollStart || eventType == stablePollStart }

// pollOf is what a poll says: rules read the question, the answers, and what clients without polls show instead. An edit
// says it in its new content, and perhaps something else beside.
func pollOf(c object) chat.Content {
	var lines []string
	add := func(line string) {
		if len(lines) <= 2*maxPollAnswers && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	for _, part := range []object{c.obj("m.new_content"), c} {
		start := part.obj(pollStart)
		if start == nil {
			start = part.obj("m.poll")
		}
		if start != nil {
			add(textOf(start.obj("question")))
		}
		for _, answer := range start.list("answers") {
			m, _ := answer.(map[string]any)
			add(textOf(m))
		}
		for line := range strings.SplitSeq(strings.TrimPrefix(textOf(part), star), "\n") {
			if line = numberedLine.ReplaceAllString(strings.TrimSpace(line), ""); line != "" {
				add(line)
			}
		}
	}
	return chat.Content{Text: strings.Join(lines, "\n"), Poll: true}
}

// numberedLine is how clients number the answers for those that show no polls.
var numberedLine = regexp.MustCompile(`^\d+[.)] +`)

// textOf is a text in one of the forms that it has in polls.
func textOf(o object) string {
	if s := o.str(plainText); s != "" {
		return s
	}
	for _, part := range o.list("m.text") {
		m, _ := part.(map[string]any)
		if s := object(m).str("body"); s != "" {
			return s
		}
	}
	return o.str("body")
}

// vote is somebody's whole choice in a poll.
func (v view) vote(ev wireEvent) []chat.Event {
	poll := ev.Content.obj("m.relates_to").str("event_id")
	if poll == "" {
		return nil
	}
	if f, ok := v.known(poll); ok {
		v = v.in(f.thread)
	}
	answers := ev.Content.obj(pollResponse).strings("answers", maxPollAnswers)
	if answers == nil {
		answers = ev.Content.strings("m.selections", maxPollAnswers)
	}
	return []chat.Event{v.event(ev, "", chat.PollVoted{Message: v.ref(poll), Answers: answers, Instead: true})}
}
