package matrix_test

import (
	"errors"
	"testing"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// An invitation leads to a room that we protect, to another, or nowhere; what the homeserver does not say is none of these.
func TestWhereAnInvitationLeads(t *testing.T) {
	w := newTown(t)
	elsewhere := w.Room(matrixtest.Plan{Owner: w.owner, Alias: "casino"})
	a := w.open(t)
	l := listen(t, a, adapters.Cursors{})
	l.begun(t)
	look := func(code string) (chat.Invite, error) {
		receipt, err := a.Do(t.Context(), "k1", chat.LookUp{Invite: chat.InviteRef{Platform: chat.Matrix, Code: code}})
		return receipt.Invite, err
	}
	for code, want := range map[string]chat.Invite{
		"#general:localhost": {Community: w.general, Own: true},
		w.general:            {Community: w.general, Own: true},
		"#casino:localhost":  {Community: elsewhere},
		"!far:away":          {Community: "!far:away"},
	} {
		got, err := look(code)
		if err != nil || got.State != chat.InviteLeads || got.Community != want.Community || got.Own != want.Own {
			t.Errorf("%s: %+v, %v", code, got, err)
		}
	}
	for _, nothing := range []string{"#nowhere:localhost", "@ana:localhost", ""} {
		if _, err := look(nothing); !errors.Is(err, chat.ErrGone) {
			t.Errorf("%q: %v", nothing, err)
		}
	}
	l.stop(t)
}
