package discord

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"palabre/chat"
)

// Discord's limits on polls.
const (
	maxQuestion = 300 // characters
	maxAnswer   = 55  // characters
	maxAnswers  = 10
	longestPoll = 32 * 24 * time.Hour
)

// openPoll asks a question. A poll that nobody ends lasts as long as Discord lets it.
func (a *Adapter) openPoll(ctx context.Context, e errand, act chat.OpenPoll) (chat.Receipt, error) {
	if n := len(act.Answers); n < 2 || n > maxAnswers {
		return chat.Receipt{}, fmt.Errorf("%w: a poll of %d answers", chat.ErrInvalid, n)
	}
	var answers []map[string]any
	for _, answer := range act.Answers {
		media := map[string]any{"text": short(answer.Label, maxAnswer)}
		if answer.Emoji != "" {
			media["emoji"] = map[string]any{"name": answer.Emoji}
		}
		answers = append(answers, map[string]any{"poll_media": media})
	}
	poll := map[string]any{
		"question": map[string]any{"text": short(strings.TrimSpace(act.Question), maxQuestion)}, "answers": answers,
		"duration": hours(act.Lasts), "allow_multiselect": act.Multiple, "layout_type": 1,
	}
	id, err := a.post(ctx, channelOf(act.Room), e.part(0), map[string]any{"poll": poll, "allowed_mentions": allowed(nil)})
	return chat.Receipt{Message: chat.MessageRef{Room: act.Room, ID: id}}, err
}

// hours is how long a poll lasts in what Discord counts in: whole hours, begun ones too.
func hours(d time.Duration) int {
	if d <= 0 || d > longestPoll {
		d = longestPoll
	}
	return int((d + time.Hour - 1) / time.Hour)
}

// closePoll ends a poll; one that is over is as it should be.
func (a *Adapter) closePoll(ctx context.Context, act chat.ClosePoll) error {
	path := "/channels/" + channelOf(act.Message.Room) + "/polls/" + act.Message.ID + "/expire"
	err := a.rest.do(ctx, call{method: http.MethodPost, path: path, holds: "id"})
	if hasCode(err, codePollExpired) {
		return nil
	}
	return err
}

// wireVote is a vote given or taken back.
type wireVote struct {
	User    string `json:"user_id"`
	Channel string `json:"channel_id"`
	Message string `json:"message_id"`
	Answer  int    `json:"answer_id"`
}

func (b *book) voted(w wireVote, d dispatch) ([]chat.Event, error) {
	return b.vote("vote", w, d, chat.PollVoted{Message: b.ref(w.Channel, w.Message), Answers: []string{strconv.Itoa(w.Answer)}})
}

func (b *book) unvoted(w wireVote, d dispatch) ([]chat.Event, error) {
	return b.vote("unvote", w, d, chat.PollUnvoted{Message: b.ref(w.Channel, w.Message), Answers: []string{strconv.Itoa(w.Answer)}})
}

func (b *book) vote(what string, w wireVote, d dispatch, body chat.Body) ([]chat.Event, error) {
	if w.User == "" || w.Message == "" {
		return nil, errIncomplete
	}
	id := unique(fmt.Sprintf("%s:%s:%s:%d", what, w.Message, w.User, w.Answer), d)
	return []chat.Event{b.event(id, d.arrived, d.arrived, w.Channel, b.someone(w.User), body)}, nil
}
