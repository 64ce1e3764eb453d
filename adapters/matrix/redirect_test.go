package matrix_test

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"palabre/adapters"
	"palabre/adapters/matrix"
)

// The token is for one homeserver: where that one sends us to another host, nobody is asked, and nobody hears the token.
func TestTheTokenFollowsNoRedirectToAnotherHost(t *testing.T) {
	var asked atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer elsewhere.Close()
	home := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer home.Close()
	a := open(t, matrix.Options{
		Homeserver: home.URL, User: "@palabre:localhost", Token: "secret", Rooms: []adapters.Room{{Logical: "general", ID: "#general:localhost"}},
	})
	for range 2 {
		_ = a.Examine(t.Context()) // that it fails is what a redirect should do
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}
