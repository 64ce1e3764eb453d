package discord

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"palabre/chat"
)

// aMessage is a message with all that Discord sends with one.
const aMessage = `{
 "id": "600000000000000001", "channel_id": "500000000000000001", "guild_id": "200000000000000000", "type": 19, "content": "free money",
 "timestamp": "2024-05-01T10:00:01.000000+00:00", "edited_timestamp": null, "tts": false, "flags": 0, "pinned": false, "nonce": "7",
 "author": {"id": "300000000000000003", "username": "ana", "global_name": "Ana", "discriminator": "0", "avatar": "a", "bot": false, "system": false,
  "public_flags": 0, "flags": 0, "accent_color": 1, "banner": null, "avatar_decoration_data": {"asset": "a"}, "primary_guild": {"tag": "X"}},
 "member": {"roles": ["400000000000000002"], "nick": "Ana", "joined_at": "2024-01-03T00:00:00+00:00", "pending": false, "deaf": false, "mute": false,
  "flags": 0, "avatar": null, "banner": null, "premium_since": "2024-01-03T00:00:00+00:00", "communication_disabled_until": "2024-01-03T00:00:00+00:00"},
 "mention_everyone": false, "mentions": [{"id": "300000000000000002", "username": "bob"}], "mention_roles": ["400000000000000002"],
 "attachments": [{"id": "1", "filename": "a.png", "content_type": "image/png", "description": "a cat", "size": 3, "url": "https://x.example"}],
 "sticker_items": [{"id": "1", "name": "wave", "format_type": 1}],
 "embeds": [{"type": "rich", "title": "t", "description": "d", "url": "u", "fields": [{"name": "n", "value": "v"}], "author": {"name": "a"}, "footer": {"text": "f"}}],
 "poll": {"question": {"text": "Tea?"}, "answers": [{"answer_id": 1, "poll_media": {"text": "yes"}}], "expiry": "2024-05-02T10:00:01.000000+00:00",
  "allow_multiselect": false, "layout_type": 1, "results": {"is_finalized": false, "answer_counts": [{"id": 1, "count": 1, "me_voted": false}]}},
 "message_reference": {"type": 0, "message_id": "600000000000000000", "channel_id": "500000000000000001", "guild_id": "200000000000000000"},
 "message_snapshots": [{"message": {"content": "c", "attachments": [{"filename": "b.png"}], "sticker_items": [], "embeds": [], "components": []}}],
 "interaction_metadata": {"user": {"id": "300000000000000003", "username": "ana"}, "authorizing_integration_owners": {"1": "300000000000000003"}},
 "components": [{"type": 10, "content": "x"}], "webhook_id": null, "application_id": null
}`

// essential are the values without which nobody knows which message it is, whose and where.
var essential = []string{"id", "channel_id", "guild_id", "author", "author.id"}

// Whatever single value of a message is of another kind than it was, the message is told, as its author's and with their
// roles. Only without its id, its place or its author it is left out.
func TestOneValueOfAnotherKind(t *testing.T) {
	tried := 0
	for _, kind := range []string{`7.5`, `"x"`, `true`, `[7, {"x": []}]`, `{"x": {"y": 1}}`} {
		var message map[string]any
		if err := json.Unmarshal([]byte(aMessage), &message); err != nil {
			t.Fatal(err)
		}
		for _, m := range retyped(message, "", json.RawMessage(kind)) {
			tried++
			b := village(t)
			b.losses.log = slog.New(slog.DiscardHandler)
			events, _ := b.tell(dispatch{frame: frame{Type: "MESSAGE_CREATE", Data: m.data}, arrived: time.Date(2024, 5, 1, 10, 2, 0, 0, time.UTC)})
			switch {
			case slices.Contains(essential, m.path):
				continue
			case len(events) == 0:
				t.Errorf("%s as %s: not told", m.path, kind)
				continue
			}
			body := events[0].Body.(chat.MessageSent)
			if m.path != "content" && body.Content.Text != "free money" {
				t.Errorf("%s as %s: says %q", m.path, kind, body.Content.Text)
			}
			if a := events[0].Actor; a.ID != "300000000000000003" || fmt.Sprint(a.Roles) != "[Regulars]" && m.path != "member.roles[]" {
				t.Errorf("%s as %s: by %+v", m.path, kind, a)
			}
		}
	}
	if tried < 5*70 {
		t.Errorf("%d values tried", tried)
	}
}

// What was lost is counted, and the log names it once.
func TestWhatCannotBeReadIsCounted(t *testing.T) {
	var out strings.Builder
	l := &losses{log: slog.New(slog.NewTextHandler(&out, nil)), told: map[string]bool{}}
	for range 3 {
		var m wireMessage
		if err := l.read("MESSAGE_CREATE", []byte(strings.Replace(aMessage, `"mute": false`, `"mute": []`, 1)), &m); err != nil || m.Member == nil || m.Member.Nick != "Ana" {
			t.Fatal(err, m.Member)
		}
	}
	if l.values != 3 || strings.Count(out.String(), "member.mute") != 1 {
		t.Errorf("%d values, and the log says\n%s", l.values, &out)
	}
}

type retype struct {
	path string
	data []byte
}

// retyped are copies of an object in each of which one value, anywhere in it, is another one.
func retyped(whole map[string]any, path string, to any) (out []retype) {
	var walk func(node any, path string)
	try := func(set func(any), was any, path string) {
		set(to)
		data, err := json.Marshal(whole)
		if err != nil {
			panic(err)
		}
		set(was)
		out = append(out, retype{path, data})
		walk(was, path)
	}
	walk = func(node any, path string) {
		switch node := node.(type) {
		case map[string]any:
			for _, k := range sortedKeys(node) {
				try(func(v any) { node[k] = v }, node[k], strings.TrimPrefix(path+"."+k, "."))
			}
		case []any:
			for i := range node {
				try(func(v any) { node[i] = v }, node[i], path+"[]")
			}
		}
	}
	walk(whole, path)
	return out
}
