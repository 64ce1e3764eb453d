package bot_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/chat"
	"palabre/store"
)

const foreignInvites = `
rules:
  - name: no-advertising
    when: { invite: foreign }
    do: [ delete, warn ]
`

// invited is a house whose second platform tells where invitations lead.
func invited(t *testing.T, leads func(chat.InviteRef) (chat.Receipt, error)) (h *house, discord *network) {
	discord = newNetwork()
	discord.is, discord.leads = chat.Discord, leads
	h = newHouse(t)
	h.rules, h.others = foreignInvites, []adapters.Adapter{discord}
	return h, discord
}

func leadsTo(own bool) func(chat.InviteRef) (chat.Receipt, error) {
	return func(ref chat.InviteRef) (chat.Receipt, error) {
		return chat.Receipt{Invite: chat.Invite{InviteRef: ref, State: chat.InviteLeads, Community: "1", Own: own}}, nil
	}
}

// An invitation is looked up once, its messages are judged when the answer is there, and the answer holds for a day.
func TestAForeignInvitationIsLookedUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, discord := invited(t, leadsTo(false))
		h.start()
		h.emit(says("1", "eve", "come to discord.gg/abc123"), says("2", "bob", "no, to discord.gg/abc123"))
		h.expect("delete 1", "warn:", "log: **#1** eve", "delete 2", "warn:", "log: **#2** bob")
		time.Sleep(23 * time.Hour)
		h.emit(says("3", "zoe", "discord.gg/abc123"))
		h.expect("delete 3", "warn:", "log: **#3** zoe")
		if got := discord.did(); len(got) != 1 {
			t.Errorf("asked %d times in a day", len(got))
		}
		time.Sleep(2 * time.Hour)
		h.emit(says("4", "mia", "discord.gg/abc123"))
		h.expect("delete 4", "warn:", "log: **#4** mia")
		if got := discord.did(); len(got) != 1 {
			t.Errorf("asked %d times after a day", len(got))
		}
		h.stop()
	})
}

// Our own invitations are nobody's offence, and neither is one that leads nowhere.
func TestAnInvitationHomeOrNowhere(t *testing.T) {
	for name, leads := range map[string]func(chat.InviteRef) (chat.Receipt, error){
		"home": leadsTo(true),
		"nowhere": func(chat.InviteRef) (chat.Receipt, error) {
			return chat.Receipt{}, fmt.Errorf("unknown invite: %w", chat.ErrGone)
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h, discord := invited(t, leads)
				h.start()
				h.emit(says("1", "eve", "come to discord.gg/abc123"))
				h.emit(says("2", "eve", "come to discord.gg/abc123"))
				h.expect()
				if got := discord.did(); len(got) != 1 {
					t.Errorf("asked %d times", len(got))
				}
				h.stop()
			})
		})
	}
}

// A platform that fails punishes nobody: the moderators are asked.
func TestAnUnclearInvitationAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, _ := invited(t, func(chat.InviteRef) (chat.Receipt, error) { return chat.Receipt{}, errors.New("502 Bad Gateway") })
		h.start()
		h.emit(says("1", "eve", "come to discord.gg/abc123"))
		h.expect()
		time.Sleep(5 * time.Minute)
		synctest.Wait()
		h.expect("log: **May I?** delete and warn for eve")
		h.stop()
	})
}

// A message that waits for an answer is not forgotten by a restart, and its text is kept no longer than that.
func TestAMessageWaitsAcrossARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, discord := invited(t, func(chat.InviteRef) (chat.Receipt, error) {
			return chat.Receipt{}, &chat.RetryError{After: 20 * time.Second, Err: errors.New("slow down")}
		})
		h.start()
		h.emit(says("1", "eve", "come to discord.gg/abc123"))
		h.expect()
		h.stop()
		discord.leads = leadsTo(false)
		h.start()
		time.Sleep(30 * time.Second)
		synctest.Wait()
		h.expect("delete 1", "warn:", "log: **#1** eve")
		kept, err := store.ReadMemory(t.Context(), h.path, "invite/discord/abc123")
		if err != nil || kept != nil {
			t.Errorf("still kept: %s (%v)", kept, err)
		}
		h.stop()
	})
}
