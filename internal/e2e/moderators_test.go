package e2e

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
)

// What moderators do with their own client beside Palabre, and rooms that come later: a ban is everywhere, and a lift takes
// nothing that is not ours. What people write in the forms that clients have is judged as they meant it.
func TestModeratorsBesidePalabre(t *testing.T) {
	c := newCommunity(t)
	p := newPalabre(c)
	p.start()
	p.ready()

	judgedAsMeant(c)
	bannedByHand(c)
	sideRoom(c, p)
	laterRooms(c, p)

	p.delivered()
	p.stop()
}

// judgedAsMeant: words quoted in an edit are nobody's, a notice is judged, and a warning rings.
func judgedAsMeant(c *community) {
	ivy, max := c.newcomer("ivy"), c.newcomer("max")
	general := c.rooms["general"]
	insult := c.owner.say(general, "you imbecile") // the owner is staff
	quoted := map[string]any{"msgtype": "m.text", "body": "> <" + c.owner.id + "> you imbecile\n\nplease do not"}
	reply := map[string]any{"m.relates_to": map[string]any{"m.in_reply_to": map[string]any{"event_id": insult}}}
	for key, value := range quoted {
		reply[key] = value
	}
	answer := ivy.send(general, reply)
	edit := map[string]any{"msgtype": "m.text", "body": "* please do not", "m.new_content": quoted,
		"m.relates_to": map[string]any{"rel_type": "m.replace", "event_id": answer}}
	ivy.send(general, edit)
	notice := max.send(general, map[string]any{"msgtype": "m.notice", "body": "you imbecile"})
	c.awaitGone("general", []string{notice})
	if times := redactions(c.owner.read(general)); times[answer] > 0 || times[insult] > 0 {
		c.t.Errorf("taken away: %v", times)
	}
	warning := c.hear("general", "a warning", func(e event) bool { return slices.Contains(e.pings(), max.id) })
	if warning.Content["msgtype"] != "m.text" {
		c.t.Errorf("a warning that rings for nobody: %v", warning.Content)
	}
	if c.server.RoomVersion() == "12" { // older homeservers count no highlights
		eventually(c.t, "the homeserver counts the warning", func() bool { return max.highlights(general) > 0 })
	}
}

// highlights is how often a room rings for somebody since they last read it.
func (p *person) highlights(room string) int {
	p.t.Helper()
	var answer struct {
		Rooms struct {
			Join map[string]struct {
				Unread struct {
					Highlights int `json:"highlight_count"`
				} `json:"unread_notifications"`
			} `json:"join"`
		} `json:"rooms"`
	}
	p.must(http.MethodGet, "/sync", nil, &answer)
	return answer.Rooms.Join[room].Unread.Highlights
}

// bannedByHand: after a moderator's ban in one room, a command bans in all, and undoing it leaves theirs.
func bannedByHand(c *community) {
	eve := c.newcomer("eve")
	c.mod.must(http.MethodPost, at(c.rooms["general"], "ban"), map[string]any{"user_id": eve.id}, nil)
	c.line("eve in #general: ban, by mod")
	c.mod.say(c.rooms["moderators"], "!ban "+eve.id+" spam")
	c.line("#3", "eve", "ban, by mod")
	for _, room := range c.publicRooms() {
		c.await(room, eve, "ban")
	}
	c.mod.say(c.rooms["moderators"], "!undo 3")
	c.await(c.rooms["help"], eve, "leave")
	c.await(c.rooms["general"], eve, "ban")
}

// sideRoom: who moderates one room acts against no moderator of others, and is nobody's prey there.
func sideRoom(c *community, p *palabre) {
	side := c.newcomer("side")
	debates := c.rooms["debates"]
	levels := map[string]any{}
	c.owner.must(http.MethodGet, at(debates, "state", "m.room.power_levels"), nil, &levels)
	levels["users"].(map[string]any)[side.id] = 50
	c.owner.must(http.MethodPut, at(debates, "state", "m.room.power_levels"), levels, nil)
	c.mod.leave(debates)
	side.say(debates, "!ban "+c.mod.id+" mine")
	c.line("side", "cannot be sanctioned by you")
	insult := side.say(c.rooms["general"], "what an imbecile")
	c.settled(p)
	if times := redactions(c.owner.read(c.rooms["general"])); times[insult] > 0 {
		c.t.Error("who moderates one room was judged in another")
	}
	c.await(c.rooms["general"], c.mod, "join")
}

// laterRooms: who is banned and silenced is so in rooms that come later, those that they are in and those that they enter.
func laterRooms(c *community, p *palabre) {
	zoe, kim := c.newcomer("zoe"), c.newcomer("kim")
	c.mod.say(c.rooms["moderators"], "!ban "+zoe.id+" spam")
	c.mod.say(c.rooms["moderators"], "!timeout "+kim.id+" 1h shouting")
	c.await(c.rooms["help"], zoe, "ban")
	c.silenced(kim)
	c.mod.say(c.rooms["moderators"], "!timeout @nobody.has.this:localhost 1h")
	c.line("I do not know a member", "@nobody.has.this:localhost")
	p.stop()
	lounge := c.room("lounge", map[string]any{"preset": "public_chat"})
	zoe.join(lounge)
	kim.join(lounge)
	space := c.resolve("#passerelles:localhost")
	c.owner.must(http.MethodPut, at(space, "state", "m.space.child", lounge), map[string]any{"via": []string{"localhost"}}, nil)
	p.start()
	p.ready()
	c.await(lounge, zoe, "ban")
	eventually(c.t, "kim is silenced in the new room", func() bool { level, set := c.owner.power(lounge, kim.id); return set && level < 0 })
}

// await waits for somebody's membership of a room.
func (c *community) await(room string, who *person, membership string) {
	c.t.Helper()
	var is struct{ Membership string }
	good := within(patience, func() bool {
		c.owner.must(http.MethodGet, at(room, "state", "m.room.member", who.id), nil, &is)
		return is.Membership == membership
	})
	if !good {
		c.t.Fatalf("%s in %s: %s, want %s", who.id, room, is.Membership, membership)
	}
}

func (c *community) resolve(alias string) string {
	c.t.Helper()
	var found struct {
		ID string `json:"room_id"`
	}
	c.owner.must(http.MethodGet, "/directory/room/"+url.PathEscape(alias), nil, &found)
	return found.ID
}
