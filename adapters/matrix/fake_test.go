package matrix_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"maunium.net/go/mautrix"
	"maunium.net/go/mautrix/id"

	"palabre/adapters"
	"palabre/adapters/adaptertest"
	"palabre/adapters/matrix"
	"palabre/adapters/matrix/matrixtest"
	"palabre/chat"
)

// TestFake puts the adapter through every case against the scripted homeserver.
func TestFake(t *testing.T) {
	adaptertest.Run(t, func(t *testing.T) adaptertest.Harness {
		server := matrixtest.New()
		url := serve(t, server)
		register := func(name string) *mautrix.Client {
			user, token := server.Account(name)
			return client(t, url, user, token)
		}
		return community(t, place{url: url, register: register}, "")
	})
}

// serve puts a homeserver on a port of its own. The connections of clients that wait are cut at the end.
func serve(t *testing.T, server *matrixtest.Server) (url string) {
	t.Helper()
	h := httptest.NewServer(server)
	t.Cleanup(func() {
		h.CloseClientConnections()
		h.Close()
	})
	return h.URL
}

// town is a small community on the scripted homeserver: two rooms, Palabre with 100 in both.
type town struct {
	*matrixtest.Server
	options                matrix.Options
	general, help          string
	owner, mod, ana, robot string
}

func newTown(t *testing.T) *town {
	t.Helper()
	w := build()
	w.options.Homeserver = serve(t, w.Server)
	return w
}

// virtualTown is a town without a network, for tests in virtual time.
func virtualTown() *town {
	w := build()
	w.options.Homeserver, w.options.Client = "http://homeserver.test", w.Client()
	return w
}

func build() *town {
	w := &town{Server: matrixtest.New()}
	w.owner, _ = w.Account("owner")
	w.mod, _ = w.Account("mod")
	w.ana, _ = w.Account("ana")
	robot, token := w.Account("palabre")
	w.robot = robot
	plan := matrixtest.Plan{
		Owner: w.owner, Levels: map[string]int{robot: 100, w.mod: 50}, Members: []string{w.mod, w.ana, robot},
	}
	plan.Alias = "general"
	w.general = w.Room(plan)
	plan.Alias = "help"
	w.help = w.Room(plan)
	w.options = matrix.Options{
		User: robot, Token: token,
		Rooms: []adapters.Room{{Logical: "general", ID: "#general:localhost"}, {Logical: "help", ID: "#help:localhost"}},
	}
	return w
}

func (w *town) open(t *testing.T) *matrix.Adapter { return open(t, w.options) }

func (w *town) ref(room string) chat.RoomRef { return chat.RoomRef{Platform: chat.Matrix, ID: room} }

func (w *town) member(user string) chat.MemberRef {
	return chat.MemberRef{Platform: chat.Matrix, ID: user}
}

// TestGaps: a timeline that was cut short is read on, whole and in order, whatever its size.
func TestGaps(t *testing.T) {
	for _, missing := range []int{101, 500, 20_000} {
		t.Run(fmt.Sprint(missing), func(t *testing.T) {
			w := newTown(t)
			first := listen(t, w.open(t), adapters.Cursors{})
			first.begun(t)
			first.stop(t)
			var want []string
			for i := range missing {
				want = append(want, w.Say(w.general, w.ana, fmt.Sprint(i)))
			}
			elsewhere := w.Say(w.help, w.ana, "meanwhile")
			second := listen(t, w.open(t), first.cursors)
			second.until(t, "the other room goes on", saidIn(elsewhere))
			second.until(t, "the last message", saidIn(want[missing-1]))
			second.until(t, "the hole is closed", func(chat.Event) bool { return len(second.gaps()) == 0 })
			got := slices.DeleteFunc(second.said(), func(id string) bool { return id == elsewhere })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("messages (-said +told):\n%s", diff)
			}
		})
	}
}

// TestGapWhileTalkGoesOn: what is said while a hole is open comes behind it.
func TestGapWhileTalkGoesOn(t *testing.T) {
	w := newTown(t)
	first := listen(t, w.open(t), adapters.Cursors{})
	first.begun(t)
	first.stop(t)
	var want []string
	for i := range 350 {
		want = append(want, w.Say(w.general, w.ana, fmt.Sprint(i)))
	}
	second := &listener{cursors: first.cursors.Clone(), changed: make(chan struct{})}
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	err := w.open(t).Run(ctx, first.cursors, func(b adapters.Batch) error {
		must(t, second.emit(b))
		if len(second.gaps()) > 0 && len(want) < 360 { // each page meets somebody who speaks
			want = append(want, w.Say(w.general, w.mod, "live"))
		}
		if said := second.said(); len(said) > 0 && said[len(said)-1] == want[len(want)-1] && len(second.gaps()) == 0 {
			cancel()
		}
		return ctx.Err()
	})
	must(t, err)
	if diff := cmp.Diff(want, second.said()); diff != "" {
		t.Errorf("messages (-said +told):\n%s", diff)
	}
}

// TestGapAfterCrash: Palabre dies while a hole is open; the next start goes on where the cursors say.
func TestGapAfterCrash(t *testing.T) {
	w := newTown(t)
	first := listen(t, w.open(t), adapters.Cursors{})
	first.begun(t)
	first.stop(t)
	var want []string
	for i := range 450 {
		want = append(want, w.Say(w.general, w.ana, fmt.Sprint(i)))
	}
	told := map[string]bool{}
	cursors := first.cursors
	for crash := range 4 {
		l := listenUntil(t, w.open(t), cursors, 2)
		for _, id := range l.said() {
			told[id] = true
		}
		if cursors = l.cursors; crash < 3 && len(l.gaps()) == 0 {
			t.Fatalf("crash %d: the hole is closed already: this test tries nothing", crash)
		}
	}
	last := listen(t, w.open(t), cursors)
	last.until(t, "the last message", saidIn(want[len(want)-1]))
	for _, id := range last.said() {
		told[id] = true
	}
	for i, id := range want {
		if !told[id] {
			t.Errorf("message %d was never told", i)
		}
	}
}

// TestGapUnfillable: what cannot be fetched is said to be missing, and what can be is told.
func TestGapUnfillable(t *testing.T) {
	w := newTown(t)
	first := listen(t, w.open(t), adapters.Cursors{})
	first.begun(t)
	first.stop(t)
	for i := range 300 {
		w.Say(w.general, w.ana, fmt.Sprint(i))
	}
	last := w.Say(w.general, w.ana, "last")
	w.Fail(matrixtest.Fault{Kind: "messages", Times: 1, Status: 403, Code: "M_FORBIDDEN"})
	second := listen(t, w.open(t), first.cursors)
	gap := second.until(t, "the hole is told", isKind(chat.KindGap))
	if gap.Room.ID != w.general || gap.Logical != "general" {
		t.Errorf("a hole in %v (%q)", gap.Room, gap.Logical)
	}
	second.until(t, "what the sync brought", saidIn(last))
	second.until(t, "the hole is closed", func(chat.Event) bool { return len(second.gaps()) == 0 })
}

// TestTokenForgotten: the homeserver no longer knows our place; we say so and begin anew.
func TestTokenForgotten(t *testing.T) {
	w := newTown(t)
	l := listen(t, w.open(t), adapters.Cursors{})
	l.begun(t)
	l.stop(t)
	w.Expire()
	again := listen(t, w.open(t), l.cursors)
	again.until(t, "the hole is told", isKind(chat.KindGap))
	message := w.Say(w.general, w.ana, "hello again")
	again.until(t, "what is said afterwards", saidIn(message))
}

func isKind(kind chat.EventKind) func(chat.Event) bool {
	return func(ev chat.Event) bool { return ev.Body.EventKind() == kind }
}

// TestSlowedDown: a 429 in its three forms holds back all that we write, since homeservers count an account's writing together.
func TestSlowedDown(t *testing.T) {
	for _, c := range []struct {
		name  string
		fault matrixtest.Fault
		want  time.Duration
	}{
		{"header", matrixtest.Fault{RetryHeader: "7", RetryBody: 1}, 7 * time.Second},
		{"body", matrixtest.Fault{RetryBody: 2500}, 2500 * time.Millisecond},
		{"neither", matrixtest.Fault{}, 10 * time.Second},
		{"no JSON at all", matrixtest.Fault{Body: "<html>slow down</html>"}, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newTown(t)
			now := time.Now()
			w.options.Clock = func() time.Time { return now }
			a := w.open(t)
			c.fault.Kind, c.fault.Times, c.fault.Status, c.fault.Code = "send", 1, 429, "M_LIMIT_EXCEEDED"
			w.Fail(c.fault)
			send := func(room, key string) error {
				_, err := a.Do(t.Context(), key, chat.Send{Room: w.ref(room), Text: chat.Text{{Text: "hello"}}})
				return err
			}
			var retry *chat.RetryError
			if err := send(w.general, "a1"); !errors.As(err, &retry) || !retry.Limited || retry.After != c.want {
				t.Fatalf("got %v, want to wait %s", err, c.want)
			}
			if err := send(w.general, "a2"); !errors.As(err, &retry) || !retry.Limited || w.Calls("send") != 1 {
				t.Errorf("the room did not wait: %v after %d calls", err, w.Calls("send"))
			}
			if err := send(w.help, "a3"); !errors.As(err, &retry) || !retry.Limited || w.Calls("send") != 1 {
				t.Errorf("the other room did not wait: %v after %d calls", err, w.Calls("send"))
			}
			now = now.Add(c.want)
			if err := send(w.general, "a1"); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

// TestErrors: what the homeserver answers, in the words of package chat.
func TestErrors(t *testing.T) {
	var retry *chat.RetryError
	for _, c := range []struct {
		status int
		code   string
		want   error
	}{
		{401, "M_UNKNOWN_TOKEN", chat.ErrStopped},
		{403, "M_USER_DEACTIVATED", chat.ErrStopped},
		{403, "M_FORBIDDEN", chat.ErrForbidden},
		{404, "M_NOT_FOUND", chat.ErrGone},
		{404, "M_UNRECOGNIZED", chat.ErrUnsupported},
		{400, "M_BAD_JSON", chat.ErrInvalid},
		{413, "M_TOO_LARGE", chat.ErrInvalid},
		{500, "M_UNKNOWN", nil},
		{502, "", nil},
		{404, "", nil}, // a proxy that lost its homeserver: nothing is gone
		{302, "", nil},
		{0, "", nil},
	} {
		w := newTown(t)
		w.Fail(matrixtest.Fault{Kind: "send", Times: 1, Status: c.status, Code: c.code})
		_, err := w.open(t).Do(t.Context(), "k1", chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "hello"}}})
		if c.want == nil && (!errors.As(err, &retry) || retry.Limited) {
			t.Errorf("%d %s: got %v, want another try", c.status, c.code, err)
		}
		if c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%d %s: got %v, want %v", c.status, c.code, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), w.options.Token) {
			t.Errorf("%d: the token is in %q", c.status, err)
		}
	}
}

// TestLostAnswer: the homeserver did what we asked and its answer was lost; asking again changes nothing.
func TestLostAnswer(t *testing.T) {
	w := newTown(t)
	victim := w.Say(w.general, w.ana, "spam")
	for _, c := range []struct {
		kind string
		act  chat.Action
	}{
		{"send", chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "please stop"}}}},
		{"redact", chat.Delete{Message: chat.MessageRef{Room: w.ref(w.general), ID: victim}}},
		{"putstate", chat.Timeout{Member: w.member(w.ana)}},
		{"putstate", chat.LiftTimeout{Member: w.member(w.ana)}},
		{"kick", chat.Kick{Member: w.member(w.ana), Decided: time.Now().Add(time.Minute)}},
		{"ban", chat.Ban{Member: w.member(w.ana)}},
		{"unban", chat.Unban{Member: w.member(w.ana)}},
	} {
		a := w.open(t)
		w.Fail(matrixtest.Fault{Kind: c.kind, Times: 1, Commit: true})
		key := "lost" + string(c.act.ActionKind()[0])
		_, err := a.Do(t.Context(), key, c.act)
		if err == nil {
			t.Errorf("%s: the lost answer went unnoticed", c.act.ActionKind())
		}
		before := len(w.Events(w.general))
		if _, err := a.Do(t.Context(), key, c.act); err != nil && !errors.Is(err, chat.ErrGone) {
			t.Errorf("%s again: %v", c.act.ActionKind(), err)
		}
		if after := len(w.Events(w.general)); after != before {
			t.Errorf("%s: the repeat added %d events", c.act.ActionKind(), after-before)
		}
	}
	if diff := cmp.Diff([]string{"please stop"}, w.Shown(w.general)); diff != "" {
		t.Errorf("shown (-want +got):\n%s", diff)
	}
}

// TestStopped: a revoked token ends everything, and no further call is made.
func TestStopped(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	l := listen(t, a, adapters.Cursors{})
	l.begun(t)
	w.Revoke(w.options.Token)
	w.Say(w.general, w.ana, "wakes the sync")
	if err := l.ended(); !errors.Is(err, chat.ErrStopped) {
		t.Fatalf("Run: %v, want ErrStopped", err)
	}
	calls := w.Calls("send")
	if _, err := a.Do(t.Context(), "k1", chat.Send{Room: w.ref(w.general)}); !errors.Is(err, chat.ErrStopped) {
		t.Errorf("Do: %v, want ErrStopped", err)
	}
	if w.Calls("send") != calls {
		t.Error("a call was made after the 401")
	}
	if a.Live() == "" {
		t.Error("Live finds nothing wrong")
	}
}

// TestRanks: nobody who stands as high as we do is touched, and no call is made to try.
func TestRanks(t *testing.T) {
	w := newTown(t)
	creator, _ := w.Account("creator")
	added, _ := w.Account("added")
	twelve := w.Room(matrixtest.Plan{
		Alias: "twelve", Version: "12", Owner: creator, Levels: map[string]int{w.robot: 100}, Members: []string{w.ana, w.robot, added},
	})
	empty := ""
	w.Post(twelve, matrixtest.Event{Type: "m.room.create", Sender: creator, StateKey: &empty, Content: map[string]any{
		"room_version": "12", "additional_creators": []string{added},
	}})
	w.options.Rooms = append(w.options.Rooms, adapters.Room{Logical: "twelve", ID: twelve})
	a := w.open(t)
	for _, victim := range []string{w.owner, creator, added, w.robot, "not a user"} {
		for _, act := range []chat.Action{
			chat.Timeout{Member: w.member(victim)}, chat.Kick{Member: w.member(victim), Decided: time.Now()}, chat.Ban{Member: w.member(victim)},
		} {
			if _, err := a.Do(t.Context(), "k1", act); !errors.Is(err, chat.ErrForbidden) {
				t.Errorf("%s of %s: %v, want ErrForbidden", act.ActionKind(), victim, err)
			}
		}
	}
	if n := w.Calls("kick") + w.Calls("ban") + w.Calls("putstate"); n != 0 {
		t.Errorf("%d calls were made to try", n)
	}
}

// TestOneRoomRefuses: the others are done nevertheless, and the refusal is told.
func TestOneRoomRefuses(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	w.Fail(matrixtest.Fault{Kind: "ban", Room: w.general, Times: 1, Status: 403, Code: "M_FORBIDDEN"})
	receipt, err := a.Do(t.Context(), "k1", chat.Ban{Member: w.member(w.ana)})
	if err != nil || receipt.In != 1 || receipt.Of != 2 {
		t.Errorf("got %+v, %v", receipt, err)
	}
	if got := w.Membership(w.help, w.ana); got != "ban" {
		t.Errorf("in the other room: %s", got)
	}
	if _, err := a.Do(t.Context(), "k1", chat.Ban{Member: w.member(w.ana)}); err != nil {
		t.Errorf("again: %v", err)
	}
	if got := w.Membership(w.general, w.ana); got != "ban" {
		t.Errorf("in the room that refused first: %s", got)
	}
}

// TestNothingToLift: lifting what is not there is found out before whether we might lift it.
func TestNothingToLift(t *testing.T) {
	w := newTown(t)
	room := w.Room(matrixtest.Plan{Owner: w.owner, Levels: map[string]int{w.robot: 0}, Members: []string{w.ana, w.robot}})
	w.options.Rooms = []adapters.Room{{Logical: "only", ID: room}}
	a := w.open(t)
	for _, act := range []chat.Action{chat.LiftTimeout{Member: w.member(w.ana)}, chat.Unban{Member: w.member(w.ana)}, chat.LiftTimeout{Member: w.member(w.owner)}} {
		if _, err := a.Do(t.Context(), "k1", act); !errors.Is(err, chat.ErrGone) {
			t.Errorf("%s: %v, want ErrGone", act.ActionKind(), err)
		}
	}
	if _, err := a.Do(t.Context(), "k2", chat.Timeout{Member: w.member(w.ana)}); !errors.Is(err, chat.ErrForbidden) {
		t.Errorf("timeout without the power: %v, want ErrForbidden", err)
	}
}

// TestTimeoutRestores: a timeout gives back the level that was there, unless somebody changed it since.
func TestTimeoutRestores(t *testing.T) {
	w := newTown(t)
	levels := map[string]int{w.robot: 100, w.ana: 10}
	room := w.Room(matrixtest.Plan{Owner: w.owner, Levels: levels, Members: []string{w.ana, w.robot}})
	w.options.Rooms = []adapters.Room{{Logical: "only", ID: room}}
	a := w.open(t)
	do := func(act chat.Action) error {
		_, err := a.Do(t.Context(), "k1", act)
		return err
	}
	must(t, do(chat.Timeout{Member: w.member(w.ana)}))
	if got := w.Levels(room)[w.ana]; got != -1 {
		t.Errorf("silenced at %d, want -1", got)
	}
	a = w.open(t) // what was there is known after a restart
	must(t, do(chat.LiftTimeout{Member: w.member(w.ana)}))
	if diff := cmp.Diff(map[string]int{w.owner: 100, w.robot: 100, w.ana: 10}, w.Levels(room)); diff != "" {
		t.Errorf("levels (-want +got):\n%s", diff)
	}
	must(t, do(chat.Timeout{Member: w.member(w.ana)}))
	empty := ""
	w.Post(room, matrixtest.Event{Type: "m.room.power_levels", Sender: w.owner, StateKey: &empty, Content: map[string]any{
		"users": map[string]any{w.owner: 100, w.robot: 100, w.ana: 50},
	}})
	if err := do(chat.LiftTimeout{Member: w.member(w.ana)}); !errors.Is(err, chat.ErrGone) {
		t.Errorf("after somebody else changed it: %v, want ErrGone", err)
	}
	if got := w.Levels(room)[w.ana]; got != 50 {
		t.Errorf("level %d, want the 50 that she was given", got)
	}
}

// TestUnreachableRooms: one that cannot be joined is named, and the others are protected.
func TestUnreachableRooms(t *testing.T) {
	w := newTown(t)
	w.options.Rooms = append(w.options.Rooms, adapters.Room{Logical: "lost", ID: "#nowhere:localhost"})
	closed := w.Room(matrixtest.Plan{Alias: "closed", Owner: w.owner})
	w.options.Rooms = append(w.options.Rooms, adapters.Room{Logical: "closed", ID: closed})
	w.Fail(matrixtest.Fault{Kind: "join", Room: closed, Times: -1, Status: 403, Code: "M_FORBIDDEN"})
	empty := ""
	w.Post(w.help, matrixtest.Event{Type: "m.room.encryption", Sender: w.owner, StateKey: &empty, Content: map[string]any{"algorithm": "m.megolm.v1.aes-sha2"}})
	l := listen(t, w.open(t), adapters.Cursors{})
	w.Say(w.general, w.ana, "hello")
	l.begun(t)
	message := w.Say(w.general, w.ana, "hello again")
	l.until(t, "the room that can be read", saidIn(message))
	var named []string
	for _, ev := range l.all() {
		if ev.Body.EventKind() == chat.KindUnread {
			named = append(named, ev.Logical)
		}
	}
	slices.Sort(named)
	if diff := cmp.Diff([]string{"closed", "help", "lost"}, named); diff != "" {
		t.Errorf("rooms named (-want +got):\n%s", diff)
	}
}

// TestInvitations: those to our own rooms are accepted, others are left alone.
func TestInvitations(t *testing.T) {
	w := newTown(t)
	private := w.Room(matrixtest.Plan{Owner: w.owner, Levels: map[string]int{w.robot: 100}, Members: []string{w.ana}})
	foreign := w.Room(matrixtest.Plan{Owner: w.ana})
	w.options.Rooms = append(w.options.Rooms, adapters.Room{Logical: "private", ID: private})
	w.Fail(matrixtest.Fault{Kind: "join", Room: private, Times: 1, Status: 403, Code: "M_FORBIDDEN"})
	l := listen(t, w.open(t), adapters.Cursors{})
	l.begun(t)
	old := w.Say(private, w.ana, "said before we came")
	for _, room := range []string{foreign, private} {
		w.Post(room, matrixtest.Event{Type: "m.room.member", Sender: w.owner, StateKey: &w.robot, Content: map[string]any{"membership": "invite"}})
	}
	l.until(t, "it is read", func(chat.Event) bool {
		return w.Membership(private, w.robot) == "join" && l.cursor("seen:"+private) != ""
	})
	message := w.Say(private, w.ana, "welcome")
	if ev := l.until(t, "what is said there", saidIn(message)); ev.Logical != "private" {
		t.Errorf("said in %q", ev.Logical)
	}
	if slices.Contains(l.said(), old) {
		t.Error("what was said before we came is told")
	}
	if got := w.Membership(foreign, w.robot); got != "invite" {
		t.Errorf("in the foreign room: %s", got)
	}
}

// TestWrongToken: a token that belongs to another account stops everything before anything is read.
func TestWrongToken(t *testing.T) {
	w := newTown(t)
	_, w.options.Token = w.Account("mallory")
	err := w.open(t).Run(context.Background(), adapters.Cursors{}, func(adapters.Batch) error { return nil })
	if !errors.Is(err, chat.ErrStopped) {
		t.Errorf("Run: %v, want ErrStopped", err)
	}
}

// TestWrongTokenSendsNothing: what waits to be said is not said as somebody else, however early it is due.
func TestWrongTokenSendsNothing(t *testing.T) {
	w := newTown(t)
	mallory, token := w.Account("mallory")
	_, err := w.Person("mallory").Join(w.general)
	must(t, err)
	w.options.Token = token
	a := w.open(t)
	for range 2 {
		_, err := a.Do(t.Context(), "k1", chat.Send{Room: w.ref(w.general), Text: chat.Text{{Text: "hello"}}})
		if !errors.Is(err, chat.ErrStopped) {
			t.Errorf("Do: %v, want ErrStopped", err)
		}
	}
	if w.Calls("send") != 0 || w.Calls("whoami") != 1 || len(w.Shown(w.general)) != 0 {
		t.Errorf("%s sent: %v, after %d calls of whoami", mallory, w.Shown(w.general), w.Calls("whoami"))
	}
	if a.Live() == "" {
		t.Error("Live finds nothing wrong")
	}
}

func client(t *testing.T, url, user, token string) *mautrix.Client {
	t.Helper()
	c, err := mautrix.NewClient(url, "", token)
	must(t, err)
	c.UserID = id.UserID(user)
	return c
}

// TestAForeignBanStays: a reversal of our ban leaves a moderator's alone, room by room, and one that a room calls malformed
// takes nothing away from the rooms in which it worked.
func TestAForeignBanStays(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	ours := chat.Imposed{Reason: "ban: spam (#1)"}
	w.bans(t, w.general)
	w.bans(t, w.help)
	if _, err := a.Do(t.Context(), "k1", chat.Unban{Member: w.member(w.ana), Of: ours}); !errors.Is(err, chat.ErrForeign) {
		t.Errorf("both are a moderator's: %v, want ErrForeign", err)
	}
	if got := w.Membership(w.general, w.ana); got != "ban" {
		t.Errorf("a moderator's ban became %s", got)
	}
	if _, err := a.Do(t.Context(), "k2", chat.Unban{Member: w.member(w.ana)}); err != nil {
		t.Errorf("whatever stands: %v", err)
	}
	w.bans(t, w.general)
	if _, err := a.Do(t.Context(), "k3", chat.Ban{Member: w.member(w.ana), Reason: ours.Reason}); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(t.Context(), "k4", chat.Unban{Member: w.member(w.ana), Of: ours}); err != nil {
		t.Errorf("one is ours: %v", err)
	}
	if general, help := w.Membership(w.general, w.ana), w.Membership(w.help, w.ana); general != "ban" || help == "ban" {
		t.Errorf("the moderator's room: %s, ours: %s", general, help)
	}
}

// TestOneRoomCallsItMalformed: what was done in the others is told, as for a room that forbids it.
func TestOneRoomCallsItMalformed(t *testing.T) {
	w := newTown(t)
	a := w.open(t)
	w.Fail(matrixtest.Fault{Kind: "ban", Room: w.general, Times: 1, Status: 400, Code: "M_BAD_JSON"})
	if receipt, err := a.Do(t.Context(), "k1", chat.Ban{Member: w.member(w.ana)}); err != nil || receipt.In != 1 || receipt.Of != 2 {
		t.Errorf("got %+v, %v", receipt, err)
	}
}

// bans is a moderator's ban of ana in one room, in their own client.
func (w *town) bans(t *testing.T, room string) {
	t.Helper()
	if _, err := w.Person("mod").Ban(room, w.ana); err != nil {
		t.Fatal(err)
	}
}
