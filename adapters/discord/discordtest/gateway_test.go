package discordtest_test

import (
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"palabre/adapters/discord/discordtest"
)

func TestScript(t *testing.T) {
	for _, c := range []struct {
		name string
		cue  discordtest.Cue
		want func(t *testing.T, l *link)
	}{
		{"op 7 as the first frame", discordtest.Cue{At: discordtest.OnConnect, Frames: []discordtest.Frame{discordtest.Reconnect()}},
			func(t *testing.T, l *link) { l.wants(7) }},
		{"op 9 instead of READY", discordtest.Cue{At: discordtest.OnIdentify, Frames: []discordtest.Frame{discordtest.Invalid(false)}},
			func(t *testing.T, l *link) { l.wants(10); l.introduce(); l.wants(9) }},
		{"a close code after READY", discordtest.Cue{At: discordtest.OnReady, Close: 4014, Reason: "Disallowed intent(s)."},
			func(t *testing.T, l *link) { l.wants(10); l.introduce(); l.wants(0); l.ends(4014) }},
		{"a cut right after READY", discordtest.Cue{At: discordtest.OnReady, Cut: true},
			func(t *testing.T, l *link) { l.wants(10); l.introduce(); l.wants(0); l.ends(1006) }},
		{"no HELLO", discordtest.Cue{At: discordtest.OnConnect, Mute: true},
			func(t *testing.T, l *link) { l.silent() }},
		{"a heartbeat without its answer", discordtest.Cue{At: discordtest.OnHeartbeat},
			func(t *testing.T, l *link) { l.wants(10); l.write(1, nil); l.write(1, nil); l.wants(11); l.silent() }},
		{"null after HELLO", discordtest.Cue{At: discordtest.OnHello, Frames: []discordtest.Frame{discordtest.Text("null")}},
			func(t *testing.T, l *link) { l.wants(10); l.wants(0) }},
		{"half a frame", discordtest.Cue{At: discordtest.OnHello, Frames: []discordtest.Frame{discordtest.Half(strings.Repeat("x", 500))}},
			func(t *testing.T, l *link) { l.wants(10); l.ends(1006) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, discordtest.Options{})
			w.Script(c.cue)
			c.want(t, w.dial())
			if w.Pending() != 0 {
				t.Error("the cue was not met")
			}
		})
	}
}

func (l *link) introduce() {
	l.write(2, object{"token": discordtest.Token, "intents": allIntents, "properties": object{}})
}

func (l *link) wants(op int) {
	l.t.Helper()
	if f := l.read(); f.Op != op {
		l.t.Fatalf("got %+v, want op %d", f, op)
	}
}

func (l *link) ends(code int) {
	l.t.Helper()
	_, _, err := l.ws.ReadMessage()
	var closed *websocket.CloseError
	if code == 1006 && err != nil && !errors.As(err, &closed) {
		return
	}
	if !errors.As(err, &closed) || closed.Code != code {
		l.t.Fatalf("ended with %v, want %d", err, code)
	}
}

func (l *link) silent() {
	l.t.Helper()
	must(l.t, l.ws.SetReadDeadline(time.Now().Add(50*time.Millisecond)))
	_, data, err := l.ws.ReadMessage()
	if err == nil {
		l.t.Fatalf("got %s, want nothing", data)
	}
}

func TestCloseCodes(t *testing.T) {
	for _, c := range []struct {
		name string
		op   int
		d    any
		code int
	}{
		{"an unknown opcode", 77, nil, 4001},
		{"an IDENTIFY without intents", 2, object{"token": discordtest.Token, "properties": object{}}, 4002},
		{"a presence before IDENTIFY", 3, object{}, 4003},
		{"a wrong token", 2, object{"token": "wrong", "intents": 1, "properties": object{}}, 4004},
		{"intents that do not exist", 2, object{"token": discordtest.Token, "intents": 1 << 30, "properties": object{}}, 4013},
		{"intents that were not granted", 2, object{"token": discordtest.Token, "intents": 1 << 8, "properties": object{}}, 4014},
		{"a shard that cannot be", 2, object{"token": discordtest.Token, "intents": 1, "properties": object{}, "shard": []int{2, 1}}, 4010},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := newWorld(t, discordtest.Options{Intents: 1<<1 | 1<<15})
			l := w.dial()
			l.wants(10)
			l.write(c.op, c.d)
			l.ends(c.code)
		})
	}
	w := newWorld(t, discordtest.Options{})
	l := w.dial()
	for range 121 {
		l.write(1, nil)
	}
	for f := l.read(); f.Op != 11; f = l.read() {
	}
	for range 119 {
		l.wants(11)
	}
	l.ends(4008)
}

// TestCompressed reads a zlib-stream, and meets a frame that unfolds to more than it should.
func TestCompressed(t *testing.T) {
	w := newWorld(t, discordtest.Options{})
	ws, _, err := websocket.DefaultDialer.DialContext(t.Context(), "ws"+w.base[len("http"):]+"?compress=zlib-stream", nil)
	must(t, err)
	defer func() { _ = ws.Close() }()
	pipe, feed := io.Pipe()
	go func() {
		for {
			kind, data, err := ws.ReadMessage()
			if err == nil && kind == websocket.BinaryMessage {
				_, err = feed.Write(data)
			}
			if err != nil {
				_ = feed.CloseWithError(err)
				return
			}
		}
	}()
	inflated, err := zlib.NewReader(pipe)
	must(t, err)
	var hello frame
	must(t, json.NewDecoder(inflated).Decode(&hello))
	if hello.Op != 10 {
		t.Errorf("%+v, want HELLO", hello)
	}
	const size = 30 << 20
	w.Send(discordtest.Bomb(size))
	n, err := io.CopyN(io.Discard, inflated, size)
	if n != size || err != nil {
		t.Errorf("unfolds to %d bytes (%v), want %d", n, err, size)
	}
}

// TestPipes runs the server in virtual time: a day of heartbeats, and a resume URL that is dead.
func TestPipes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.New(discordtest.Options{})
		g := s.Guild("Test")
		general, ana := g.Text("general"), g.Member("ana")
		dial := s.Pipes(t, "gone.test:80")
		response, err := pipeClient(dial).Get("http://" + discordtest.Host + "/api/v10/gateway")
		must(t, err)
		_ = response.Body.Close()
		dialer := websocket.Dialer{NetDialContext: dial}
		if _, _, err := dialer.Dial("ws://gone.test", nil); err == nil {
			t.Error("the dead address answers")
		}
		ws, _, err := dialer.Dial("ws://"+discordtest.Host, nil)
		must(t, err)
		l := &link{t, ws}
		l.wants(10)
		l.introduce()
		l.until("GUILD_CREATE")
		began := time.Now()
		for range 2095 {
			time.Sleep(41250 * time.Millisecond)
			l.write(1, nil)
			l.wants(11)
		}
		if day := time.Since(began); day < 23*time.Hour || len(s.Dials()[0].Heartbeats) != 2095 {
			t.Errorf("%d heartbeats in %s", len(s.Dials()[0].Heartbeats), day)
		}
		_ = got[string](t)(ana.Say(general, "good morning"))
		l.until("MESSAGE_CREATE")
		_ = ws.Close()
	})
}

// TestPipesEnd leaves nothing behind when a client neither reads nor closes.
func TestPipesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := discordtest.New(discordtest.Options{})
		dial := s.Pipes(t)
		conn, err := dial(context.Background(), "tcp", discordtest.Host)
		must(t, err)
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n")
		synctest.Wait()
		t.Cleanup(func() { _ = conn.Close() })
	})
}
