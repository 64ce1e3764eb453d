package discord_test

import (
	"errors"
	"testing"

	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// An invitation leads home, elsewhere or nowhere; a Discord that fails says neither.
func TestWhereAnInvitationLeads(t *testing.T) {
	p := newPlace(t, discordtest.Options{})
	t.Cleanup(func() {
		p.server.Validate(t, "")
		p.server.ValidateAnswers(t, "")
		p.server.Stop()
	})
	p.guild.Invite("home-1")
	elsewhere := p.server.Guild("Casino")
	elsewhere.Invite("WinBig")
	a := open(t, p.options(t))
	look := func(code string) (chat.Invite, error) {
		receipt, err := a.Do(t.Context(), "k"+code, chat.LookUp{Invite: chat.InviteRef{Platform: chat.Discord, Code: code}})
		return receipt.Invite, err
	}
	if got, err := look("home-1"); err != nil || !got.Own || got.State != chat.InviteLeads || got.Community != p.guild.ID {
		t.Errorf("ours: %+v, %v", got, err)
	}
	if got, err := look("WinBig"); err != nil || got.Own || got.Community != elsewhere.ID || got.Name != "Casino" {
		t.Errorf("another's: %+v, %v", got, err)
	}
	for _, nothing := range []string{"expired", "../users/@me", ""} {
		if _, err := look(nothing); !errors.Is(err, chat.ErrGone) {
			t.Errorf("%q: %v", nothing, err)
		}
	}
	p.server.Fail(discordtest.Fault{Kind: "invite", Status: 502})
	var retry *chat.RetryError
	if _, err := look("WinBig"); !errors.As(err, &retry) {
		t.Errorf("a failure: %v", err)
	}
}
