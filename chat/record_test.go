package chat_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"palabre/chat"
)

// What is recorded comes back whole: every field that a content or an actor has, also one that is added later.
func TestEventsAreRecordedWhole(t *testing.T) {
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	member := chat.MemberRef{Platform: chat.Discord, ID: "7"}
	room := chat.RoomRef{Platform: chat.Discord, ID: "42", Thread: "43"}
	message := chat.MessageRef{Room: room, ID: "1"}
	content := chat.Content{
		Text: "a <b>", Formatted: "a b", Links: []chat.Link{{Label: "b", URL: "https://b.example"}}, Mentions: []chat.MemberRef{member},
		MentionsAll: true, ReplyTo: "0", Poll: true, Forwarded: true, Notice: true,
		Attachments: []chat.Attachment{{Name: "c.png", MIME: "image/png", Alt: "a cat", Size: 3, Sticker: true, Voice: true}},
	}
	actor := chat.Actor{
		MemberRef: member, Person: chat.PersonOf(member), Name: "Bob", Kind: chat.Bot, Standing: chat.StandingTrusted, Roles: []string{"r"}, Joined: at, Created: at,
	}
	for _, full := range []any{content, content.Attachments[0], content.Links[0], actor} {
		v := reflect.ValueOf(full)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%T.%s is not tried: add it to this test and to the record", full, v.Type().Field(i).Name)
			}
		}
	}
	for _, body := range []chat.Body{
		chat.MessageSent{Message: message, Content: content}, chat.MessageSent{Message: message},
		chat.MessageEdited{Message: message, Revision: "2", Content: content}, chat.MessageDeleted{Message: message, Author: member}, chat.MemberJoined{},
	} {
		ev := chat.Event{ID: "discord:1", At: at, Lag: time.Hour, CutOff: "far.example", Room: room, Logical: "general", Actor: actor, Body: body}
		line, err := chat.EncodeEvent(&ev)
		if err != nil {
			t.Fatal(err)
		}
		again, err := chat.DecodeEvent(line)
		if diff := cmp.Diff(ev, again); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", line, err, diff)
		}
	}
	if _, err := chat.EncodeEvent(&chat.Event{Body: chat.Tick{}}); !errors.Is(err, chat.ErrNoRecord) {
		t.Error("a tick was recorded:", err)
	}
}
