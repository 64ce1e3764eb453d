package discord

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"palabre/chat"
)

const (
	maxThreadName = 100
	archiveAfter  = 10080 // minutes of silence
)

// startThread opens a thread under its first message, or a post where the room is a forum.
func (a *Adapter) startThread(ctx context.Context, e errand, act chat.StartThread) (chat.Receipt, error) {
	if err := a.know(ctx); err != nil {
		return chat.Receipt{}, err
	}
	title := short(strings.Join(strings.Fields(act.Title), " "), maxThreadName)
	a.mu.Lock()
	place := a.book.guild.channels[act.Room.ID]
	a.mu.Unlock()
	if place != nil && place.forum() {
		return a.startPost(ctx, e, act, place, title)
	}
	parts, err := a.compose(chat.Send{Text: act.Text})
	if err != nil {
		return chat.Receipt{}, err
	}
	id, err := a.post(ctx, act.Room.ID, e.part(0), parts[0])
	if err != nil {
		return chat.Receipt{}, err
	}
	body := map[string]any{"name": title, "auto_archive_duration": archiveAfter}
	var thread discordgo.Channel
	err = a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + act.Room.ID + "/messages/" + id + "/threads", body: body, out: &thread, holds: "id"})
	if hasCode(err, codeThreadExists) {
		thread = discordgo.Channel{ID: id, ParentID: act.Room.ID, Type: discordgo.ChannelTypeGuildPublicThread, Name: title}
	} else if err != nil {
		return chat.Receipt{}, err
	}
	ref := a.threadOpened(&thread, act.Room.ID)
	for i, part := range parts[1:] {
		if _, err := a.post(ctx, thread.ID, e.part(i+1), part); err != nil {
			return chat.Receipt{}, err
		}
	}
	return chat.Receipt{Message: chat.MessageRef{Room: act.Room, ID: id}, Thread: ref}, nil
}

func (a *Adapter) threadOpened(c *discordgo.Channel, parent string) chat.RoomRef {
	a.mu.Lock()
	defer a.mu.Unlock()
	if c.ParentID == "" {
		c.ParentID = parent
	}
	if a.book.guild.channels[c.ID] == nil && c.IsThread() {
		a.book.guild.putChannel(c)
	}
	return chat.RoomRef{Platform: chat.Discord, ID: parent, Thread: c.ID}
}

// startPost opens a post in a forum. Discord has no nonce for that: where an earlier try may have worked, a post of ours
// of this title is looked for.
func (a *Adapter) startPost(ctx context.Context, e errand, act chat.StartThread, forum *channel, title string) (chat.Receipt, error) {
	a.mu.Lock()
	id, done := a.book.sent.Get(e.key)
	a.mu.Unlock()
	if done {
		return a.posted(&discordgo.Channel{ID: id, ParentID: forum.id, Type: discordgo.ChannelTypeGuildPublicThread, Name: title}, forum.id), nil
	}
	if e.doubtful() {
		found, err := a.findPost(ctx, forum.id, title, e.since)
		if err != nil || found != nil {
			return a.posted(found, forum.id), err
		}
	}
	parts, err := a.compose(chat.Send{Text: act.Text})
	if err != nil {
		return chat.Receipt{}, err
	}
	body := map[string]any{"name": title, "auto_archive_duration": archiveAfter, "message": parts[0]}
	if tags := forum.applied(act.Tags); len(tags) > 0 {
		body["applied_tags"] = tags
	}
	var thread discordgo.Channel
	if err := a.rest.do(ctx, call{method: http.MethodPost, path: "/channels/" + forum.id + "/threads", body: body, out: &thread, holds: "id"}); err != nil {
		return chat.Receipt{}, err
	}
	a.wasSent(e.key, thread.ID)
	for i, part := range parts[1:] {
		if _, err := a.post(ctx, thread.ID, e.part(i+1), part); err != nil {
			return chat.Receipt{}, err
		}
	}
	return a.posted(&thread, forum.id), nil
}

// findPost gives the post of that title that we opened since a moment; nil when there is none.
func (a *Adapter) findPost(ctx context.Context, forum, title string, since time.Time) (*discordgo.Channel, error) {
	var active struct {
		Threads []*discordgo.Channel `json:"threads"`
	}
	if err := a.rest.do(ctx, call{method: http.MethodGet, path: "/guilds/" + a.opts.Guild + "/threads/active", out: &active, holds: "threads"}); err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, t := range active.Threads {
		if t.ParentID == forum && t.OwnerID == a.book.self && t.Name == title && snowflakeTime(t.ID).After(since.Add(-lookBackSlack)) {
			return t, nil
		}
	}
	return nil, nil
}

// maxTags is how many tags a post may have.
const maxTags = 5

// applied are the ids of the tags that a post gets, by their names or ids: those that the forum has, and its first where it
// asks for one.
func (c *channel) applied(wanted []string) (ids []string) {
	for _, t := range c.tags {
		if len(ids) < maxTags && (slices.Contains(wanted, t.Name) || slices.Contains(wanted, t.ID)) {
			ids = append(ids, t.ID)
		}
	}
	if len(ids) == 0 && c.needsTag && len(c.tags) > 0 {
		ids = []string{c.tags[0].ID}
	}
	return ids
}

func (a *Adapter) posted(t *discordgo.Channel, forum string) chat.Receipt {
	if t == nil {
		return chat.Receipt{}
	}
	ref := a.threadOpened(t, forum)
	return chat.Receipt{Message: chat.MessageRef{Room: ref, ID: t.ID}, Thread: ref}
}
