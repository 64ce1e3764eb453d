package discord_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters"
	"palabre/adapters/discord"
	"palabre/adapters/discord/discordtest"
	"palabre/chat"
)

// shell keeps what an adapter emits, events once for each id, and the cursors with them.
type shell struct {
	mu      sync.Mutex
	events  []chat.Event
	ids     map[string]int
	cursors adapters.Cursors
}

func newShell() *shell { return &shell{ids: map[string]int{}, cursors: adapters.Cursors{}} }

func (s *shell) commit(b adapters.Batch) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ev := range b.Events {
		if s.ids[ev.ID]++; s.ids[ev.ID] == 1 {
			s.events = append(s.events, ev)
		}
	}
	for name, value := range b.Cursors {
		if s.cursors[name] = value; value == "" {
			delete(s.cursors, name)
		}
	}
	return nil
}

// told gives the texts of messages, in the order in which they were told.
func (s *shell) told(author string) (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ev := range s.events {
		if body, ok := ev.Body.(chat.MessageSent); ok && ev.Actor.ID == author {
			out = append(out, body.Content.Text)
		}
	}
	return out
}

func (s *shell) kind(k chat.EventKind) (out []chat.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, ev := range s.events {
		if ev.Body.EventKind() == k {
			out = append(out, ev)
		}
	}
	return out
}

// running is an adapter at work in virtual time.
type running struct {
	*place
	*shell
	t       *testing.T
	options discord.Options
	adapter *discord.Adapter
	publish func(*discord.Adapter) // commands, before it runs
	ana     discordtest.Person
	ended   <-chan struct{}
	err     error // Run's, once it has ended
	refused bool  // Discord refuses our account: Run may end with an error
	stop    func()
}

// virtual makes a guild in a bubble of virtual time, with the adapter at work.
func virtual(t *testing.T, o discordtest.Options, dead ...string) *running {
	t.Helper()
	time.Sleep(30 * 365 * 24 * time.Hour) // Discord has no ids for the bubble's first years
	s := discordtest.New(o)
	g := s.Guild("Village")
	p := &place{server: s, guild: g, room: g.Text("general"), base: "http://" + discordtest.Host + "/api"}
	r := &running{place: p, t: t, shell: newShell(), options: p.options(t), ana: g.Member("ana")}
	r.options.Dial = s.Pipes(t, dead...)
	t.Cleanup(func() { r.stop() })
	r.stop = func() {}
	return r
}

func (r *running) start() {
	r.t.Helper()
	if r.adapter = open(r.t, r.options); r.publish != nil {
		r.publish(r.adapter)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	r.ended, r.err = ended, nil
	adapter, from, emit := r.adapter, r.cursors.Clone(), r.commit
	go func() {
		defer close(ended)
		r.err = adapter.Run(ctx, from, emit)
	}()
	r.stop = sync.OnceFunc(func() {
		cancel()
		<-ended
		if r.err != nil && !r.refused {
			r.t.Errorf("Run: %v", r.err)
		}
	})
}

func (r *running) say(text string) {
	r.t.Helper()
	if _, err := r.ana.Say(r.room, text); err != nil {
		r.t.Fatal(err)
	}
}

// pass lets virtual time pass.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// faults are what the gateway may do, and what we owe: everything that is said while and after it happens is told
// once and in order, within a time, with few new sessions.
var faults = []struct {
	name       string
	cues       []discordtest.Cue // before we connect
	strike     func(r *running)  // once we are connected
	within     time.Duration
	identifies int // at most
}{
	{name: "nothing", within: time.Second, identifies: 1},
	{name: "op 7 as the first frame", cues: []discordtest.Cue{{At: discordtest.OnConnect, Frames: []discordtest.Frame{discordtest.Reconnect()}}}, within: 10 * time.Second, identifies: 1},
	{name: "op 7 after HELLO", cues: []discordtest.Cue{{At: discordtest.OnHello, Frames: []discordtest.Frame{discordtest.Reconnect()}}}, within: 20 * time.Second, identifies: 2},
	{name: "op 7 in answer to IDENTIFY", cues: []discordtest.Cue{{At: discordtest.OnIdentify, Frames: []discordtest.Frame{discordtest.Reconnect()}}}, within: 20 * time.Second, identifies: 2},
	{name: "op 7 after READY", cues: []discordtest.Cue{{At: discordtest.OnReady, Frames: []discordtest.Frame{discordtest.Reconnect()}}}, within: 20 * time.Second, identifies: 2},
	{name: "op 7 later", strike: send(discordtest.Reconnect()), within: 10 * time.Second, identifies: 1},
	{name: "op 7 in answer to RESUME", strike: cutThen(discordtest.Cue{At: discordtest.OnResume, Frames: []discordtest.Frame{discordtest.Reconnect()}}), within: 20 * time.Second, identifies: 1},
	{name: "no answer to RESUME", strike: cutThen(discordtest.Cue{At: discordtest.OnResume, Mute: true}), within: 20 * time.Second, identifies: 1},
	{name: "op 7 after RESUMED", strike: cutThen(discordtest.Cue{At: discordtest.OnResumed, Frames: []discordtest.Frame{discordtest.Reconnect()}, Also: true}), within: 20 * time.Second, identifies: 1},
	{name: "op 9 as the first frame", cues: []discordtest.Cue{{At: discordtest.OnConnect, Frames: []discordtest.Frame{discordtest.Invalid(false)}}}, within: 20 * time.Second, identifies: 2},
	{name: "op 9 in answer to IDENTIFY", cues: []discordtest.Cue{{At: discordtest.OnIdentify, Frames: []discordtest.Frame{discordtest.Invalid(false)}}}, within: 20 * time.Second, identifies: 2},
	{name: "op 9 after READY", cues: []discordtest.Cue{{At: discordtest.OnReady, Frames: []discordtest.Frame{discordtest.Invalid(false)}}}, within: 20 * time.Second, identifies: 2},
	{name: "op 9 true later", strike: send(discordtest.Invalid(true)), within: 10 * time.Second, identifies: 1},
	{name: "op 9 false later", strike: send(discordtest.Invalid(false)), within: 20 * time.Second, identifies: 2},
	{name: "op 9 false in answer to RESUME", strike: cutThen(discordtest.Cue{At: discordtest.OnResume, Frames: []discordtest.Frame{discordtest.Invalid(false)}}), within: 20 * time.Second, identifies: 2},
	{name: "op 9 true in answer to RESUME", strike: cutThen(discordtest.Cue{At: discordtest.OnResume, Frames: []discordtest.Frame{discordtest.Invalid(true)}}), within: 20 * time.Second, identifies: 1},
	{name: "the link breaks", strike: func(r *running) { r.server.CutAll() }, within: 10 * time.Second, identifies: 1},
	{name: "the link breaks in a frame", strike: send(discordtest.Half(`{"op":0,"t":"TYPING_START","s":9,"d":{}}`)), within: 10 * time.Second, identifies: 1},
	{name: "cut right after READY", cues: []discordtest.Cue{{At: discordtest.OnReady, Cut: true}}, within: 20 * time.Second, identifies: 2},
	{name: "cut right after READY, ten times", cues: []discordtest.Cue{{At: discordtest.OnReady, Cut: true, Times: 10}, {At: discordtest.OnResumed, Cut: true, Times: 5}}, within: 5 * time.Minute, identifies: 11},
	{name: "no greeting", cues: []discordtest.Cue{{At: discordtest.OnConnect, Mute: true}}, within: 30 * time.Second, identifies: 1},
	{name: "no answer to IDENTIFY", cues: []discordtest.Cue{{At: discordtest.OnIdentify, Mute: true}}, within: 2 * time.Minute, identifies: 2},
	{name: "silence", strike: func(r *running) { r.server.MuteAll() }, within: 41250*time.Millisecond + 15*time.Second, identifies: 1},
	{name: "heartbeats are not answered", strike: func(r *running) { r.server.NoAcks(true); pass(90 * time.Second); r.server.NoAcks(false) }, within: time.Minute, identifies: 1},
	{name: "the gateway wants a heartbeat at once", strike: send(discordtest.Beat()), within: time.Second, identifies: 1},
	{name: "the sessions are forgotten", strike: func(r *running) { r.server.ForgetSessions(); r.server.CutAll() }, within: 30 * time.Second, identifies: 2},
	{name: "a bomb", strike: send(discordtest.Bomb(64 << 20)), within: 10 * time.Second, identifies: 1},
	{name: "null", strike: send(discordtest.Text("null")), within: time.Second, identifies: 1},
	{name: "an empty list", strike: send(discordtest.Text("[]")), within: time.Second, identifies: 1},
	{name: "a number", strike: send(discordtest.Text("7")), within: time.Second, identifies: 1},
	{name: "no JSON", strike: send(discordtest.Text(`{"op":0,"t":`)), within: time.Second, identifies: 1},
	{name: "an endless nest", strike: send(discordtest.Deep(10_001)), within: time.Second, identifies: 1},
	{name: "invalid UTF-8", strike: send(discordtest.Text("{\"op\":0,\"t\":\"TYPING_START\",\"d\":{\"x\":\"\xff\xfe\"},\"s\":3}")), within: time.Second, identifies: 1},
	{name: "an unknown opcode", strike: send(discordtest.Text(`{"op":99,"d":{}}`)), within: time.Second, identifies: 1},
	{name: "an unknown event", strike: send(discordtest.Text(`{"op":0,"t":"NEWS_FROM_MARS","s":4,"d":{"a":1}}`)), within: time.Second, identifies: 1},
	{name: "wrong types", strike: send(discordtest.Text(`{"op":0,"t":"MESSAGE_CREATE","s":4,"d":{"id":7,"guild_id":[],"author":"x"}}`)), within: time.Second, identifies: 1},
	{name: "2 MB of an event", strike: send(discordtest.Text(`{"op":0,"t":"TYPING_START","s":4,"d":{"x":"` + strings.Repeat("x", 2<<20) + `"}}`)), within: time.Second, identifies: 1},
	{name: "nonsense two hundred times", strike: func(r *running) {
		for range 200 {
			r.server.Send(discordtest.Text("null"))
		}
	}, within: 20 * time.Second, identifies: 1},
	{name: "bytes that are no zlib", strike: send(discordtest.Binary([]byte("garbage\x00\x00\xff\xff"))), within: 10 * time.Second, identifies: 1},
	{name: "the handshake fails", cues: []discordtest.Cue{{At: discordtest.OnDial, Status: 502, Times: 4}}, within: time.Minute, identifies: 5},
	{name: "close 1000", strike: closing(1000), within: 20 * time.Second, identifies: 2},
	{name: "close 1001", strike: closing(1001), within: 20 * time.Second, identifies: 2},
	{name: "close 4000", strike: closing(4000), within: 10 * time.Second, identifies: 1},
	{name: "close 4001", strike: closing(4001), within: 10 * time.Second, identifies: 1},
	{name: "close 4002", strike: closing(4002), within: 10 * time.Second, identifies: 1},
	{name: "close 4003", strike: closing(4003), within: 20 * time.Second, identifies: 2},
	{name: "close 4005", strike: closing(4005), within: 10 * time.Second, identifies: 1},
	{name: "close 4007", strike: closing(4007), within: 20 * time.Second, identifies: 2},
	{name: "close 4008", strike: closing(4008), within: time.Minute, identifies: 1},
	{name: "close 4009", strike: closing(4009), within: 20 * time.Second, identifies: 2},
	{name: "an outage of the guild", strike: func(r *running) { r.guild.Outage(true); r.guild.Outage(false) }, within: time.Second, identifies: 1},
}

func send(frames ...discordtest.Frame) func(*running) {
	return func(r *running) { r.server.Send(frames...) }
}

func closing(code int) func(*running) { return func(r *running) { r.server.CloseAll(code) } }

func cutThen(cues ...discordtest.Cue) func(*running) {
	return func(r *running) {
		r.server.Script(cues...)
		r.server.CutAll()
	}
}

func TestGatewayFaults(t *testing.T) {
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{IdentifyEvery: 5 * time.Second})
				r.server.Script(f.cues...)
				r.start()
				defer r.stop()
				if f.cues != nil {
					pass(f.within)
				} else {
					pass(time.Second)
				}
				r.say("before")
				pass(time.Second)
				if f.strike != nil {
					f.strike(r)
				}
				r.say("meanwhile")
				pass(f.within)
				r.say("after")
				pass(time.Second)
				if got := fmt.Sprint(r.told(r.ana.ID)); got != "[before meanwhile after]" {
					t.Errorf("told: %s", got)
				}
				if n := len(r.server.Identifies()); n > f.identifies {
					t.Errorf("%d sessions, want at most %d", n, f.identifies)
				}
				if left := r.kind(chat.KindLeave); len(left) > 0 {
					t.Errorf("somebody left: %+v", left)
				}
				if live := r.adapter.Live(); live != "" {
					t.Errorf("Live: %s", live)
				}
				r.stop()
				for _, d := range r.server.Dials() {
					if d.CloseCode == 1000 || d.CloseCode == 1001 {
						t.Errorf("closed with %d: the session is lost", d.CloseCode)
					}
				}
			})
		})
	}
}

// However often a connection is cut or left because Discord asks for it, one that had resumed is no failure: the next one
// comes at once. One that is cut as soon as it resumes waits longer and longer.
func TestConnectionsThatResumedHaveNotFailed(t *testing.T) {
	for name, strike := range map[string]func(*running){"cuts": func(r *running) { r.server.CutAll() }, "op 7": send(discordtest.Reconnect())} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				r.start()
				defer r.stop()
				pass(time.Second)
				for i := range 20 {
					strike(r)
					pass(3 * time.Second)
					if r.server.Connected() != 1 {
						t.Errorf("not back 3 s after cut %d", i+1)
					}
				}
				before := len(r.server.Dials())
				r.server.Script(discordtest.Cue{At: discordtest.OnResumed, Cut: true, Times: -1})
				r.server.CutAll()
				pass(5 * time.Minute)
				if n := len(r.server.Dials()) - before; n > 20 {
					t.Errorf("%d connections in five minutes", n)
				}
				r.server.Heal()
				pass(time.Minute)
			})
		})
	}
}

// A past that is long takes longer than the answer to a RESUME may: it is heard to its end.
func TestALongPast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		r.server.Script(discordtest.Cue{At: discordtest.OnResume})
		r.server.CutAll()
		for range 4 { // it comes in pieces
			pass(10 * time.Second)
			r.server.Send(discordtest.Text(`{"op":0,"t":"TYPING_START","s":0,"d":{}}`))
		}
		if n := len(r.server.Dials()); n != 2 {
			t.Errorf("%d connections, want the first and one that resumes", n)
		}
	})
}

func TestCloseCodesThatEndEverything(t *testing.T) {
	for code, hint := range map[int]string{4004: "token", 4010: "shards", 4011: "shards", 4012: "version", 4013: "intent", 4014: "Message Content Intent"} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				r.server.Script(discordtest.Cue{At: discordtest.OnIdentify, Close: code, Times: -1})
				r.start()
				pass(time.Hour)
				r.refused = true
				select {
				case <-r.ended:
					if !errors.Is(r.err, chat.ErrStopped) || !strings.Contains(r.err.Error(), hint) {
						t.Errorf("ended with %v", r.err)
					}
				default:
					t.Error("goes on")
				}
				if n := len(r.server.Dials()); n != 1 {
					t.Errorf("%d connections, want 1", n)
				}
				calls := r.server.Calls("")
				if _, err := r.adapter.Do(t.Context(), "k1", chat.Send{Room: r.ref(), Text: chat.Text{{Text: "x"}}}); !errors.Is(err, chat.ErrStopped) {
					t.Errorf("Do: %v", err)
				}
				if live := r.adapter.Live(); !strings.Contains(live, "refuses") {
					t.Errorf("Live: %q", live)
				}
				if n := r.server.Calls(""); n != calls {
					t.Errorf("%d calls after the end", n-calls)
				}
			})
		})
	}
}

func TestADeadAddressForResuming(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{}, "dead.test:80")
		r.server.ResumeAt("ws://dead.test:80")
		r.start()
		defer r.stop()
		pass(time.Second)
		r.server.CutAll()
		r.say("meanwhile")
		pass(30 * time.Second)
		if got := fmt.Sprint(r.told(r.ana.ID)); got != "[meanwhile]" {
			t.Errorf("told: %s", got)
		}
		if n := len(r.server.Identifies()); n != 1 {
			t.Errorf("%d sessions, want the first resumed", n)
		}
	})
}

func TestADeadLinkIsNoticedInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(3 * time.Minute)
		muted := time.Now()
		r.server.MuteAll()
		pass(2 * time.Minute)
		dials := r.server.Dials()
		if len(dials) < 2 {
			t.Fatal("not noticed")
		}
		if took := dials[0].Closed.Sub(muted); took > 41250*time.Millisecond+5*time.Second {
			t.Errorf("noticed after %s", took)
		}
		if code := dials[0].CloseCode; code == 1000 || code == 1001 {
			t.Errorf("closed with %d", code)
		}
	})
}

func TestSessionsAreSpentSparingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.server.Script(discordtest.Cue{At: discordtest.OnIdentify, Frames: []discordtest.Frame{discordtest.Invalid(false)}, Times: -1})
		for range 24 * 2 { // a supervisor that starts us again and again
			r.start()
			pass(30 * time.Minute)
			r.stop()
		}
		if n := len(r.server.Identifies()); n > 200 {
			t.Errorf("%d sessions in a day", n)
		}
		times := r.server.Identifies()
		for i := 1; i < len(times); i++ {
			if gap := times[i].Sub(times[i-1]); gap < 5*time.Second {
				t.Errorf("%s between two sessions", gap)
			}
		}
	})
}

func TestNoSessionsAreLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.server.IdentifiesLeft(0)
		r.start()
		defer r.stop()
		pass(time.Minute)
		if n := len(r.server.Identifies()); n != 0 {
			t.Errorf("%d sessions although none were left", n)
		}
		if live := r.adapter.Live(); live == "" {
			t.Error("Live says that all is well")
		}
	})
}

func TestABurst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := virtual(t, discordtest.Options{})
		r.start()
		defer r.stop()
		pass(time.Second)
		for i := range 5000 {
			r.say(fmt.Sprint(i))
		}
		for i := range 1000 {
			if err := r.server.Person(fmt.Sprintf("new%d", i)).Join(r.guild.ID); err != nil {
				t.Fatal(err)
			}
		}
		before := runtime.NumGoroutine()
		pass(10 * time.Second)
		told := r.told(r.ana.ID)
		if len(told) != 5000 {
			t.Fatalf("%d of 5000 messages told", len(told))
		}
		for i, text := range told {
			if text != fmt.Sprint(i) {
				t.Fatalf("message %d is %q", i, text)
			}
		}
		if n := len(r.kind(chat.KindJoin)); n != 1000 {
			t.Errorf("%d of 1000 joins told", n)
		}
		if after := runtime.NumGoroutine(); after > before+20 {
			t.Errorf("%d goroutines, %d before", after, before)
		}
	})
}

func TestRestarts(t *testing.T) {
	for _, forgotten := range []bool{false, true} {
		t.Run(fmt.Sprintf("forgotten %t", forgotten), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := virtual(t, discordtest.Options{})
				quiet := r.guild.Text("quiet")
				r.start()
				pass(time.Second)
				r.say("before")
				pass(time.Second)
				r.stop()
				if forgotten {
					r.server.ForgetSessions()
				}
				for i := range 250 {
					r.say(fmt.Sprint(i))
				}
				bob := r.server.Person("bob")
				if err := errors.Join(bob.Join(r.guild.ID), r.guild.Owner.Ban(r.guild.ID, r.guild.Member("eve").ID, 0, "raid")); err != nil {
					t.Fatal(err)
				}
				said := time.Now()
				r.server.ClearRequests()
				pass(20 * time.Minute)
				r.start()
				defer r.stop()
				pass(time.Minute)
				r.say("after")
				pass(time.Second)
				told := r.told(r.ana.ID)
				if len(told) != 252 || told[0] != "before" || told[251] != "after" {
					t.Fatalf("%d messages told, want 252: %.80s", len(told), told)
				}
				for i := range 250 {
					if told[i+1] != fmt.Sprint(i) {
						t.Fatalf("message %d is %q", i, told[i+1])
					}
				}
				if at := r.kind(chat.KindMessage)[100].At; !at.Before(said.Add(time.Second)) {
					t.Errorf("a missed message is dated %v, it was said at %v", at, said)
				}
				if n := len(r.kind(chat.KindJoin)); n < 1 || r.ids["discord:joined:"+fmt.Sprint(bob.ID)] > 1 {
					t.Errorf("%d joins told", n)
				}
				if n := len(r.kind(chat.KindBanned)); n != 1 {
					t.Errorf("%d bans told", n)
				}
				want := 1
				if forgotten {
					want = 2
				}
				if n := len(r.server.Identifies()); n != want {
					t.Errorf("%d sessions, want %d", n, want)
				}
				for _, call := range r.server.Requests() {
					if call.Kind == "messages" && strings.Contains(call.Path, quiet) {
						t.Error("a room where nothing was said is read")
					}
				}
			})
		})
	}
}
