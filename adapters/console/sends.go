package console

import (
	"path"
	"regexp"
	"strconv"
	"strings"

	"palabre/chat"
)

// The lines in which somebody posts more than words, or makes the platform say something.
var sending = []verb{
	{regexp.MustCompile(who + `sends (a sticker|a voice message|a poll|a forward|a notice|\S+\.\w+)(?: \((\d+) ?(kB|MB)\))?(?: to #(\S+?))?(?:: (.*))?$`), (*World).sends},
	{regexp.MustCompile(who + `reports (\d+)$`), (*World).reports},
	{regexp.MustCompile(who + `opens a thread: (.+)$`), (*World).opensThread},
	{regexp.MustCompile(who + `is stopped by the filter (\S+): (.+)$`), (*World).isStopped},
}

// mimes are the types that platforms tell of files, by the end of their names.
var mimes = map[string]string{
	".exe": "application/x-msdownload", ".zip": "application/zip", ".pdf": "application/pdf", ".mp3": "audio/mpeg", ".ogg": "audio/ogg",
	".mp4": "video/mp4", ".png": "image/png", ".jpg": "image/jpeg", ".gif": "image/gif", ".txt": "text/plain",
}

var sizes = map[string]int64{"kB": 1_000, "MB": 1_000_000}

// sends posts a file, a sticker, a voice message, a poll, a forward or a notice, with or without words.
func (w *World) sends(m *member, args []string) error {
	what, text := args[0], written(args[4])
	content := w.content(text, "")
	switch what {
	case "a sticker":
		content.Attachments = []chat.Attachment{{Name: "sticker", MIME: "image/png", Sticker: true}}
	case "a voice message":
		content.Attachments = []chat.Attachment{{Name: "voice-message.ogg", MIME: "audio/ogg", Voice: true}}
	case "a poll":
		content.Poll = true
	case "a forward":
		content.Forwarded = true
	case "a notice":
		content.Notice = true
	default:
		size, _ := strconv.ParseInt(args[1], 10, 32)
		content.Attachments = []chat.Attachment{{Name: what, MIME: mimes[strings.ToLower(path.Ext(what))], Size: size * sizes[args[2]]}}
	}
	room, err := w.place(m, args[3])
	if err != nil {
		return err
	}
	id := w.newMessage(message{room: room, author: m.name, text: text, pings: content.Mentions})
	w.say(room, id, "", m.name, strings.TrimSuffix("("+what+") "+text, " "))
	w.happen(chat.Event{Room: room, Actor: m.actor(), Body: chat.MessageSent{Message: chat.MessageRef{Room: room, ID: id}, Content: content}})
	return nil
}

// place is a room where somebody may say something now; without a name, where talk goes.
func (w *World) place(m *member, name string) (chat.RoomRef, error) {
	if name == "" {
		name = w.talk
	}
	room, err := w.room(name)
	if err == nil {
		err = w.maySpeak(m)
	}
	if err == nil {
		err = w.quiet(m, room)
	}
	return room, err
}

// written is a text as it was typed: \n begins another line.
func written(text string) string { return strings.ReplaceAll(text, `\n`, "\n") }

func (w *World) reports(m *member, args []string) error {
	msg, err := w.own(m, args[0], true)
	if err != nil {
		return err
	}
	w.print(msg.room, m.name, "reports %s", args[0])
	w.happen(chat.Event{Room: msg.room, Actor: m.actor(), Body: chat.Reported{
		Message: chat.MessageRef{Room: msg.room, ID: args[0]}, Author: w.member(msg.author).ref(),
	}})
	return nil
}

func (w *World) opensThread(m *member, args []string) error {
	room, err := w.place(m, "")
	if err != nil {
		return err
	}
	id := w.newMessage(message{room: room, author: m.name, text: args[0]})
	w.print(room, m.name, "opens the thread %s: %s", id, args[0])
	thread := chat.RoomRef{Platform: chat.Console, ID: room.ID, Thread: id}
	w.happen(chat.Event{Room: room, Actor: m.actor(), Body: chat.ThreadOpened{Thread: thread, Title: args[0]}})
	return nil
}

// isStopped is the platform's own filter at work: the message is never shown.
func (w *World) isStopped(m *member, args []string) error {
	room, err := w.place(m, "")
	if err != nil {
		return err
	}
	w.print(room, m.name, "is stopped by the filter %s: %s", args[0], args[1])
	w.happen(chat.Event{Room: room, Actor: m.actor(), Body: chat.MessageBlocked{Rule: args[0], Matched: args[1], Content: w.content(args[1], "")}})
	return nil
}
