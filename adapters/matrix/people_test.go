package matrix_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/event"
	"maunium.net/go/mautrix/id"

	"palabre/adapters/adaptertest"
	"palabre/chat"
)

// person is somebody with an account, played through a client of their own.
type person struct {
	t       *testing.T
	client  *mautrix.Client
	rooms   []id.RoomID
	invited []id.RoomID // rooms of one other person
}

func ref(room id.RoomID) chat.RoomRef {
	return chat.RoomRef{Platform: chat.Matrix, ID: room.String()}
}

func (p *person) Member() chat.MemberRef {
	return chat.MemberRef{Platform: chat.Matrix, ID: p.client.UserID.String()}
}

func (p *person) Join() error {
	for _, room := range p.rooms {
		if _, err := p.client.JoinRoomByID(p.t.Context(), room); err != nil {
			return err
		}
	}
	return nil
}

func (p *person) Leave() error {
	for _, room := range p.rooms {
		if _, err := p.client.LeaveRoom(p.t.Context(), room); err != nil {
			return err
		}
	}
	return nil
}

func (p *person) Rename(name string) error { return p.client.SetDisplayName(p.t.Context(), name) }

func (p *person) Say(room chat.RoomRef, text string) (chat.MessageRef, error) {
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
	if room.Thread != "" {
		content.RelatesTo = (&event.RelatesTo{}).SetThread(id.EventID(room.Thread), id.EventID(room.Thread))
	}
	return p.send(room, event.EventMessage, content)
}

func (p *person) send(room chat.RoomRef, kind event.Type, content any) (chat.MessageRef, error) {
	sent, err := p.client.SendMessageEvent(p.t.Context(), id.RoomID(room.ID), kind, content)
	if err != nil {
		return chat.MessageRef{}, err
	}
	return chat.MessageRef{Room: room, ID: sent.EventID.String()}, nil
}

func (p *person) Edit(message chat.MessageRef, text string) error {
	content := &event.MessageEventContent{MsgType: event.MsgText, Body: text}
	content.SetEdit(id.EventID(message.ID))
	_, err := p.send(message.Room, event.EventMessage, content)
	return err
}

func (p *person) Delete(message chat.MessageRef) error {
	_, err := p.client.RedactEvent(p.t.Context(), id.RoomID(message.Room.ID), id.EventID(message.ID))
	return err
}

func (p *person) React(message chat.MessageRef, emoji string) error {
	_, err := p.client.SendReaction(p.t.Context(), id.RoomID(message.Room.ID), id.EventID(message.ID), emoji)
	return err
}

// Vote chooses an answer of a poll of Palabre's.
func (p *person) Vote(poll chat.MessageRef, place int) error {
	_, err := p.send(poll.Room, event.EventUnstablePollResponse, map[string]any{
		"m.relates_to":                     map[string]any{"rel_type": "m.reference", "event_id": poll.ID},
		"org.matrix.msc3381.poll.response": map[string]any{"answers": []string{fmt.Sprint(place)}},
	})
	return err
}

// private enters the rooms that somebody is invited to, and gives what is said there.
func private(t *testing.T, h adaptertest.Human) (texts []string) {
	t.Helper()
	p := h.(*person)
	answer, err := p.client.SyncRequest(t.Context(), 0, "", "", true, event.PresenceOffline)
	must(t, err)
	for room := range answer.Rooms.Invite {
		_, err := p.client.JoinRoomByID(t.Context(), room)
		must(t, err)
		p.invited = append(p.invited, room)
	}
	for _, room := range p.invited {
		for _, m := range reader(p.client)(t, ref(room)) {
			texts = append(texts, m.Text)
		}
	}
	return texts
}

// reader reads a room as a client shows it.
func reader(client *mautrix.Client) func(t *testing.T, room chat.RoomRef) []adaptertest.Shown {
	return func(t *testing.T, room chat.RoomRef) []adaptertest.Shown {
		t.Helper()
		page, err := client.Messages(context.Background(), id.RoomID(room.ID), "", "", mautrix.DirectionBackward, nil, 100)
		if err != nil {
			t.Fatal(err)
		}
		var out []adaptertest.Shown
		for _, ev := range slices.Backward(page.Chunk) {
			_ = ev.Content.ParseRaw(ev.Type) // what cannot be parsed is not shown
			content := ev.Content.AsMessage()
			if replaced := content.RelatesTo.GetReplaceID(); replaced != "" {
				if i := slices.IndexFunc(out, func(m adaptertest.Shown) bool { return m.ID == replaced.String() }); i >= 0 && content.NewContent != nil {
					out[i].Text = content.NewContent.Body
				}
				continue
			}
			if ev.Type != event.EventMessage || content.Body == "" || content.RelatesTo.GetThreadParent().String() != room.Thread {
				continue
			}
			out = append(out, shownAs(ev, content))
		}
		return out
	}
}

func shownAs(ev *event.Event, content *event.MessageEventContent) adaptertest.Shown {
	shown := adaptertest.Shown{
		ID: ev.ID.String(), Author: chat.MemberRef{Platform: chat.Matrix, ID: ev.Sender.String()}, Text: content.Body,
	}
	if content.FormattedBody != "" {
		shown.Text, shown.Marked = formatted(content.FormattedBody)
	}
	if content.Mentions == nil { // clients then ring for whatever looks like a name
		shown.PingsAll = strings.Contains(content.Body, "@room")
		return shown
	}
	shown.PingsAll = content.Mentions.Room
	for _, user := range content.Mentions.UserIDs {
		shown.Pings = append(shown.Pings, chat.MemberRef{Platform: chat.Matrix, ID: user.String()})
	}
	return shown
}

// formatted gives the text of HTML and the pieces inside of any tag but line breaks and paragraphs.
func formatted(source string) (text string, marked []string) {
	root, err := html.Parse(strings.NewReader(source))
	if err != nil {
		return source, nil
	}
	plain := []string{"html", "head", "body", "p", "br"}
	var walk func(n *html.Node, inside bool)
	walk = func(n *html.Node, inside bool) {
		switch {
		case n.Type == html.TextNode:
			text += n.Data
		case n.Type == html.ElementNode && !inside && !slices.Contains(plain, n.Data):
			marked, inside = append(marked, textOf(n)), true
		}
		for c := range n.ChildNodes() {
			walk(c, inside)
		}
	}
	walk(root, false)
	return text, marked
}

func textOf(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for c := range n.ChildNodes() {
		b.WriteString(textOf(c))
	}
	return b.String()
}
