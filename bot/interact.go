package bot

import "palabre/chat"

// called is the command that an event calls: typed, chosen, or asked for with a filled-in form.
func called(ev chat.Event) (chat.CommandInvoked, bool) {
	switch body := ev.Body.(type) {
	case chat.CommandInvoked:
		return body, true
	case chat.FormSubmitted:
		return chat.CommandInvoked{Name: body.Form, Options: body.Fields, ReplyTo: body.Message.ID, Reply: body.Reply}, true
	default:
		return chat.CommandInvoked{}, false
	}
}

// origin is what an answer to an event goes back to: the message that asked, and the platform's handle.
func origin(ev chat.Event) (message, reply string) {
	if press, ok := ev.Body.(chat.ButtonPressed); ok {
		return press.Message.ID, press.Reply
	}
	call, _ := called(ev)
	return call.Message.ID, call.Reply
}
