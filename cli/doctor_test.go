package cli

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"palabre/adapters"
	"palabre/catalogue"
	"palabre/chat"
)

func TestExamineClock(t *testing.T) {
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	there := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", there.Format(http.TimeFormat))
		w.WriteHeader(http.StatusNotFound) // who answers at all has a clock
	}))
	defer server.Close()
	for _, tc := range []struct {
		off  time.Duration
		ok   bool
		want string
	}{
		{0, true, "the clock is right"},
		{-20 * time.Second, true, "the clock is right"},
		{3 * time.Minute, false, "this machine’s clock is 3 minutes ahead"},
		{-2 * time.Hour, false, "this machine’s clock is 2 hours behind"},
	} {
		found := examineClock(t.Context(), server.URL, func() time.Time { return there.Add(tc.off) })
		if len(found) != 1 || found[0].OK != tc.ok || found[0].Mend.IsZero() != tc.ok || plain(sentences, found[0]) != tc.want {
			t.Errorf("%s off: %+v", tc.off, found)
		}
	}
	server.Close()
	if found := examineClock(t.Context(), server.URL, time.Now); len(found) != 0 {
		t.Errorf("nobody answers: %+v", found)
	}
}

func plain(sentences *catalogue.Catalogue, f adapters.Finding) string {
	return sentences.Plain(catalogue.Voice{}, f.What, catalogue.Resolver{})
}

// Every network that a configuration may enable can be opened and described.
func TestNetworks(t *testing.T) {
	can := capabilities()
	for _, platform := range []chat.Platform{chat.Matrix, chat.Discord} {
		if len(can[platform].Actions) == 0 {
			t.Errorf("%s has no capabilities", platform)
		}
	}
	if len(can) != len(networks()) {
		t.Errorf("%d capabilities for %d networks", len(can), len(networks()))
	}
}
