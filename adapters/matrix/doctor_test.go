package matrix_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters"
	"palabre/adapters/matrix/matrixtest"
	"palabre/catalogue"
	"palabre/chat"
)

// examined is what a doctor says of an account, in a line for each finding and each advice.
func examined(t *testing.T, d adapters.Doctor) []string {
	t.Helper()
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	say := func(p chat.Phrase) string { return sentences.Plain(catalogue.Voice{}, p, catalogue.Resolver{}) }
	var lines []string
	for _, f := range d.Examine(t.Context()) {
		mark := "wrong: "
		if f.OK {
			mark = "ok: "
		}
		lines = append(lines, mark+say(f.What))
		if !f.Mend.IsZero() {
			lines = append(lines, "  "+say(f.Mend))
		}
	}
	return lines
}

func TestExamine(t *testing.T) {
	w := newTown(t)
	w.Room(matrixtest.Plan{Alias: "weak", Owner: w.owner, Levels: map[string]int{w.robot: 10}, Members: []string{w.robot}})
	w.Room(matrixtest.Plan{Alias: "closed", Owner: w.owner})
	w.options.Rooms = append(w.options.Rooms,
		adapters.Room{Logical: "weak", ID: "#weak:localhost"}, adapters.Room{Logical: "closed", ID: "#closed:localhost"},
		adapters.Room{Logical: "nowhere", ID: "#nowhere:localhost"})
	want := []string{
		"ok: the homeserver knows the account @palabre:localhost",
		"ok: general: Palabre is there and may do what it needs",
		"ok: help: Palabre is there and may do what it needs",
		"wrong: weak: Palabre may not remove messages, silence members, remove members and ban members",
		"  in the room’s settings, Roles & Permissions: give @palabre:localhost a power level of at least 50",
		"wrong: closed: Palabre is not there yet",
		"  invite @palabre:localhost; it enters by itself at the next start",
		"wrong: nowhere cannot be found: “#nowhere:localhost: already gone: M_NOT_FOUND (HTTP 404): no such room”",
		"  look at the alias in the configuration; an id begins with !, an alias with #",
	}
	if diff := cmp.Diff(want, examined(t, w.open(t))); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	w.options.Token = "of-somebody-else"
	got := examined(t, w.open(t))
	if len(got) != 2 || got[1] != "  log the account in again, and put the new access token where the configuration says that it is kept" {
		t.Errorf("with a wrong token: %q", got)
	}
}

// TestTheLimitIsTold: on a Synapse, the doctor says how an admin lifts the limit of an account.
func TestTheLimitIsTold(t *testing.T) {
	w := newTown(t)
	for name, want := range map[string]string{
		"Synapse": `  whoever administers the homeserver can lift that limit for @palabre:localhost: curl -X POST -H "Authorization: Bearer $ADMIN_TOKEN" ` +
			`-d '{"messages_per_second": 0, "burst_count": 0}' ` + w.options.Homeserver + "/_synapse/admin/v1/users/@palabre:localhost/override_ratelimit",
		"Dendrite": "ok: help: Palabre is there and may do what it needs",
	} {
		w.Call(name)
		if got := examined(t, w.open(t)); got[len(got)-1] != want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
