package scenario

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"palabre/app"
	"palabre/chat"
	"palabre/config"
	"palabre/schedule"
	"palabre/store"
)

var (
	randomStories = flag.Int("stories", 20, "how many random stories are played")
	firstSeed     = flag.Uint64("seed", 1, "the seed of the first random story")
)

// part is something that the configuration can have or not have. A new activity needs one line in the table: its block in the forms
// that it may take, and how one sees that it lives. What it owes to people beside that is its own check.
type part struct {
	name, section string
	forms         []string // the first one is in the file at the end
	alive         string   // what has to happen for it to act; empty: time has to pass
	within        time.Duration
	check         func(*town, []doing) // what else must hold, seen what it did; nil: nothing
}

var parts = []part{
	{"welcome", "activities", []string{"{ room: welcome, wait: 5m }", "{ room: welcome, wait: 1s }", "{ room: welcome, wait: 20m }"},
		"probe joins", 2 * time.Hour, (*town).newcomersAreGreeted},
	{"prompts", "activities", []string{
		prompt("0 9 * * *", "3h", "What did you learn this week?"), prompt("30 */6 * * *", "1h", "What did you lern this week ?"),
		prompt("0 9,21 * * 1-5", "12h", "What did you learn this week, all of you?"), prompt("0 9 * * *", "1s", "What did you learn this week?")},
		"", 25 * time.Hour, (*town).questionsAreAsked},
	{"zap", "rules", []string{"{ name: zap, why: No zap., when: { words: [zap] }, do: [delete], mode: enforce }",
		"{ name: zap, why: No zap., when: { words: [zap] }, do: [delete], mode: shadow }", "{ name: zap, why: Do not zap., when: { words: [zap] }, do: [delete], mode: shadow }"},
		"probe: zap", time.Second, nil},
	{"hush", "rules", []string{"{ name: hush, why: Hush., when: { words: [hush] }, do: [timeout: 10m] }"},
		"probe: hush", time.Second, (*town).silencesEnd},
}

func prompt(at, catchUp, first string) string {
	return fmt.Sprintf(`[ { name: d, room: debates, at: %q, catch_up: %s, title: T, pool: [ "%s (1)", "Which tool could you not do without? (2)", "Who helped you? (3)", { en: "What failed? (4)" } ] } ]`, at, catchUp, first)
}

// its tells whether an order is a part's: an activity's orders have references that begin with its name, a rule's have its case.
func (p part) its(o doing) bool {
	return p.section == "activities" && strings.HasPrefix(o.ref, p.name+"/") || p.section == "rules" && o.rule == p.name
}

// town is a community in which anything may happen while its file is being edited.
type town struct {
	t       *testing.T
	r       *rand.Rand
	s       *Session
	shown   *bytes.Buffer
	file    map[string]string // what the file has of each part
	people  map[string]*someone
	past    []state // since when what held, oldest first
	chosen  string  // the mode that an admin chose for the rule zap; empty: none
	named   int
	refused bool
}

// state is what held from one moment to the next.
type state struct {
	at      time.Time
	file    map[string]string
	running bool
	refused bool // nothing can be sent
	raid    time.Time
}

type someone struct {
	joined time.Time
	stays  []stay
	banned bool
}

type stay struct{ from, to time.Time }

// doing is an order that was carried out.
type doing struct {
	at        time.Time
	ref, rule string
	text      chat.Text
}

// Whatever happens while parts of the file are taken out, put back and changed (arrivals, bans, raids, stops, refusals): nothing that is
// owed gets lost, nothing falls silent, and nothing acts that the file does not have.
func TestRandomReloads(t *testing.T) {
	for i := range *randomStories {
		seed := *firstSeed + uint64(i)
		t.Run(fmt.Sprint(seed), func(t *testing.T) { playRandomStory(t, seed) })
	}
}

func playRandomStory(t *testing.T, seed uint64) {
	w := &town{t: t, r: rand.New(rand.NewPCG(seed, 0)), shown: &bytes.Buffer{}, file: map[string]string{}, people: map[string]*someone{}}
	for _, p := range parts {
		if w.r.IntN(4) > 0 {
			w.file[p.name] = pick(w.r, p.forms)
		}
	}
	session, err := New(w.config(), w.shown, false)
	if err != nil {
		t.Fatal(err)
	}
	w.s = session
	t.Cleanup(func() {
		if err := w.s.Close(); err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Logf("the story of -seed %d -stories 1:\n%s", seed, w.shown)
		}
	})
	w.start()
	for end := w.now().Add(3 * 24 * time.Hour); w.now().Before(end); {
		w.step()
	}
	w.settleDown()
	for _, p := range parts {
		w.lives(p)
		w.actsOnlyInTheFile(p)
		if p.check != nil {
			p.check(w, w.of(p))
		}
	}
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// step is one thing that happens.
func (w *town) step() {
	w.wait(pick(w.r, []time.Duration{time.Second, 5 * time.Second, time.Minute, 4 * time.Minute, 20 * time.Minute, time.Hour, 3 * time.Hour}))
	switch w.r.IntN(15) {
	case 0, 1:
		w.join()
	case 2:
		for range 2 + w.r.IntN(10) {
			w.wait(time.Duration(w.r.IntN(3)) * time.Second)
			w.join()
		}
	case 3:
		w.leave("%[1]s leaves")
	case 4:
		w.leave("mod bans %[1]s")
	case 5, 6, 7:
		w.edit()
		w.reload()
	case 8:
		w.raid()
	case 9:
		w.away()
	case 10:
		w.say("hush")
	case 11, 12, 13:
		w.judge()
	case 14:
		w.network()
	}
}

func (w *town) now() time.Time { return w.s.clock.Now() }

func (w *town) running() bool { return w.s.stop != nil }

// mark writes down what holds from now on.
func (w *town) mark() {
	was := state{}
	if len(w.past) > 0 {
		was = w.past[len(w.past)-1]
	}
	w.past = append(w.past, state{at: w.now(), file: maps.Clone(w.file), running: w.running(), refused: w.refused, raid: was.raid})
}

func (w *town) wait(d time.Duration) { w.must(w.s.move(w.t.Context(), w.now().Add(d))) }

func (w *town) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// line lets something happen, whether or not Palabre is there to hear it. What cannot happen (somebody silenced speaks) does not.
func (w *town) line(format string, args ...any) {
	if w.s.world.Exec(fmt.Sprintf(format, args...)) == nil && w.running() {
		w.must(w.s.settle(w.t.Context()))
	}
}

func (w *town) start() {
	w.must(w.s.start(w.t.Context()))
	w.mark()
	w.fileLapses()
}

func (w *town) note(format string, args ...any) {
	fmt.Fprintf(w.shown, "%s ~~ %s\n", w.now().In(w.s.cfg.Community.Zone).Format("15:04:05"), fmt.Sprintf(format, args...))
}

// config is the file as it is now.
func (w *town) config() *config.Config {
	blocks := map[string]string{}
	for _, p := range parts {
		form, has := w.file[p.name]
		switch {
		case has && p.section == "rules":
			blocks["rules"] += "  - " + form + "\n"
		case has:
			blocks[p.section] += "  " + p.name + ": " + form + "\n"
		}
	}
	src := "community: { name: Les Passerelles, zone: Europe/Paris }\nrooms: { general: {}, welcome: {}, debates: {}, moderators: {} }\ndesk: moderators\n"
	for _, name := range slices.Sorted(maps.Keys(blocks)) {
		src += name + ":\n" + blocks[name]
	}
	cfg, err := config.Parse("town.yaml", []byte(src), nil)
	w.must(err)
	return cfg
}

// edit takes a part out of the file, puts one in, or changes its lines.
func (w *town) edit() {
	p := pick(w.r, parts)
	if _, has := w.file[p.name]; has && w.r.IntN(2) == 0 {
		delete(w.file, p.name)
	} else {
		w.file[p.name] = pick(w.r, p.forms)
	}
	w.note("the file has %s: %s", p.name, cmp.Or(w.file[p.name], "nothing"))
}

func (w *town) reload() {
	w.s.cfg = w.config()
	if w.running() {
		w.s.bot.Reload(app.Plan(w.s.cfg, chat.Console))
		w.must(w.s.settle(w.t.Context()))
	}
	w.mark()
	w.fileLapses()
}

// away stops Palabre; meanwhile people come and go, and the file may change.
func (w *town) away() {
	w.note("Palabre stops")
	w.must(w.s.stop())
	w.mark()
	w.wait(pick(w.r, []time.Duration{0, time.Minute, time.Hour, 5 * time.Hour, 20 * time.Hour}))
	for range w.r.IntN(4) {
		w.wait(time.Duration(w.r.IntN(100)) * time.Second)
		if w.r.IntN(2) == 0 {
			w.join()
		} else {
			w.leave("%[1]s leaves")
		}
	}
	if w.r.IntN(3) == 0 {
		w.edit()
		w.s.cfg = w.config()
	}
	w.wait(time.Second)
	w.note("Palabre starts")
	w.start()
}

func (w *town) join() {
	var back []string
	for name, p := range w.people {
		if !p.banned && !p.here() {
			back = append(back, name)
		}
	}
	slices.Sort(back)
	name := fmt.Sprint("p", w.named)
	if len(back) > 0 && w.r.IntN(5) == 0 {
		name = pick(w.r, back)
	} else if w.named++; w.named > 45 {
		return // all are known by name: beyond, who waits is counted
	}
	w.arrives(name)
}

func (w *town) arrives(name string) {
	p := w.people[name]
	if p == nil {
		p = &someone{joined: w.now()}
		w.people[name] = p
	}
	p.stays = append(p.stays, stay{from: w.now()})
	w.line("%s joins", name)
}

func (p *someone) here() bool { return len(p.stays) > 0 && p.stays[len(p.stays)-1].to.IsZero() }

func (w *town) leave(how string) {
	var here []string
	for name, p := range w.people {
		if p.here() {
			here = append(here, name)
		}
	}
	if len(here) == 0 {
		return
	}
	slices.Sort(here)
	name := pick(w.r, here)
	p := w.people[name]
	p.stays[len(p.stays)-1].to = w.now()
	p.banned = strings.Contains(how, "bans")
	w.line(how, name)
}

func (w *town) raid() {
	until := w.now()
	if w.r.IntN(3) > 0 {
		w.line("mod #moderators: !raid on 30m")
		until = until.Add(30 * time.Minute)
	} else {
		w.line("mod #moderators: !raid off")
	}
	w.mark()
	last := &w.past[len(w.past)-1]
	if last.raid = later(last.raid, until); until.Equal(w.now()) {
		last.raid = until
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func (w *town) network() {
	if w.refused = w.r.IntN(2) == 0; w.refused {
		w.line("the network forbids send")
	} else {
		w.line("the network allows send")
		w.line("the network fails 2 times")
	}
	w.mark()
}

// say lets somebody who has not spoken before say a word.
func (w *town) say(word string) {
	w.line("s%d: %s", len(w.past)*1000+w.r.IntN(1000), word)
}

// judge tries the rule zap, in the mode that the file gives it or an admin has chosen, and sometimes chooses another.
func (w *town) judge() {
	if choice := pick(w.r, []string{"", "", "", "promote", "demote"}); choice != "" && !w.refused {
		w.line("admin #moderators: !%s zap", choice)
		if form, has := w.file["zap"]; has {
			w.chosen = map[string]string{"promote": "enforce", "demote": "shadow"}[choice]
			if strings.Contains(form, "mode: "+w.chosen) {
				w.chosen = ""
			}
		}
	}
	if _, has := w.file["zap"]; has && w.r.IntN(2) == 0 {
		forms := parts[slices.IndexFunc(parts, func(p part) bool { return p.name == "zap" })].forms
		w.file["zap"] = pick(w.r, forms)
		w.note("the file has zap: %s", w.file["zap"])
		w.reload()
	}
	form, has := w.file["zap"]
	want := has && (w.chosen == "enforce" || w.chosen == "" && strings.Contains(form, "mode: enforce"))
	before := w.count("zap")
	w.say("zap")
	if got := w.count("zap") > before; got != want {
		w.t.Errorf("%s: the rule acted: %v, want %v (file %q, chosen %q)", w.now(), got, want, form, w.chosen)
	}
}

// fileLapses ends the choice of an admin when the file says something else of the rule.
func (w *town) fileLapses() {
	if n := len(w.past); n > 1 && w.past[n-1].file["zap"] != w.past[n-2].file["zap"] {
		w.chosen = ""
	}
}

func (w *town) count(rule string) (n int) {
	for _, d := range w.doings(store.Done, store.Pending) {
		if d.rule == rule {
			n++
		}
	}
	return n
}

// settleDown puts everything into the file, lets nothing stand in the way, and waits for a day and a half.
func (w *town) settleDown() {
	w.wait(time.Second)
	w.note("from here on nothing happens")
	for _, p := range parts {
		w.file[p.name] = p.forms[0]
	}
	w.refused = false
	w.line("the network allows send")
	w.reload()
	w.line("mod #moderators: !raid off")
	w.mark()
	w.past[len(w.past)-1].raid = w.now()
	w.line("admin #moderators: !promote zap") // a choice would stand beside the file
	w.wait(36 * time.Hour)
}

// lives shows that a part has not fallen silent.
func (w *town) lives(p part) {
	before := len(w.of(p))
	if name, joins := strings.CutSuffix(p.alive, " joins"); joins {
		w.arrives(name)
	} else if p.alive != "" {
		w.line("%s", p.alive)
	}
	w.wait(p.within)
	if len(w.of(p)) == before {
		w.t.Errorf("%s has fallen silent", p.name)
	}
}

func (w *town) of(p part) (out []doing) {
	for _, d := range w.doings(store.Done) {
		if p.its(d) {
			out = append(out, d)
		}
	}
	return out
}

// doings are the orders in some states, in order.
func (w *town) doings(states ...store.State) (out []doing) {
	orders, err := w.s.store.Orders(context.Background(), states...)
	w.must(err)
	for _, o := range orders {
		d := doing{at: o.CreatedAt}
		switch a := o.Action.(type) {
		case chat.Send:
			d.ref, d.text = a.Ref, a.Text
		case chat.StartThread:
			d.ref, d.text = a.Ref, a.Text
		}
		if o.Case > 0 && (o.Label == "delete" || o.Label == "timeout") {
			c, err := w.s.store.Case(context.Background(), o.Case)
			w.must(err)
			d.rule = c.Rule
		}
		out = append(out, d)
	}
	slices.SortStableFunc(out, func(a, b doing) int { return a.at.Compare(b.at) })
	return out
}

// at is what held at a moment; what changed at that very moment does already.
func (w *town) at(t time.Time) state {
	i, _ := slices.BinarySearchFunc(w.past, t, func(s state, t time.Time) int {
		if s.at.After(t) {
			return 1
		}
		return -1
	})
	return w.past[max(0, i-1)]
}

func (w *town) actsOnlyInTheFile(p part) {
	for _, d := range w.of(p) {
		_, has := w.at(d.at).file[p.name]
		_, had := w.at(d.at.Add(-time.Millisecond)).file[p.name]
		if !has && !had {
			w.t.Errorf("%s: %s acted while the file did not have it", d.at, p.name)
		}
	}
}

var number = regexp.MustCompile(`\d+`)

// newcomersAreGreeted: everybody who stayed, once; nobody who is gone, nobody in a raid; in a wave one message in half an hour.
func (w *town) newcomersAreGreeted(greetings []doing) {
	named := map[string]int{}
	total := 0
	var said []doing
	for _, d := range greetings {
		count := 0
		for _, span := range d.text {
			if span.Member.ID != "" {
				count++
				named[span.Member.ID]++
				w.wasThere(span.Member.ID, d.at)
			}
		}
		if count == 0 {
			count, _ = strconv.Atoi(number.FindString(d.text.Plain()))
		}
		if s := w.at(d.at.Add(-time.Millisecond)); s.running && d.at.Before(s.raid) {
			w.t.Errorf("%s: a greeting in a raid", d.at)
		}
		total += count
		said = append(said, d)
		w.noWave(said, count)
	}
	for name, n := range named {
		if n > 1 {
			w.t.Errorf("%s was greeted %d times", name, n)
		}
	}
	if got := w.greeted(); got != total {
		w.t.Errorf("%d people were greeted in messages, %d in the memory", total, got)
	}
}

func (w *town) wasThere(name string, at time.Time) {
	for _, s := range w.people[name].stays {
		if !at.Before(s.from) && (s.to.IsZero() || !at.After(s.to)) {
			return
		}
	}
	w.t.Errorf("%s: %s was greeted and is not there", at, name)
}

// noWave: whoever is greeted less than half an hour after others is one of few.
func (w *town) noWave(said []doing, count int) {
	if len(said) < 2 {
		return
	}
	if last := said[len(said)-2]; count > 8 && said[len(said)-1].at.Sub(last.at) < 30*time.Minute {
		w.t.Errorf("%s: %d people are greeted %s after others", said[len(said)-1].at, count, said[len(said)-1].at.Sub(last.at))
	}
}

// greeted counts whom the memory calls greeted, and finds who should be and is not.
func (w *town) greeted() (n int) {
	for name, p := range w.people {
		key := "welcome/person:console:" + name
		found, err := w.s.store.Memory(context.Background(), key)
		w.must(err)
		var record struct{ At time.Time }
		if found[key] != nil {
			w.must(json.Unmarshal(found[key], &record))
		}
		greeted := found[key] != nil && !p.came(record.At)
		if greeted {
			n++
		}
		wasTooLate := found[key] != nil && record.At.Before(p.stays[len(p.stays)-1].from) // an earlier time that they came
		if by, owed := w.owed(p); owed && p.here() && !wasTooLate && (!greeted || record.At.After(by)) {
			w.t.Errorf("%s, who came at %s and is there, was not greeted by %s", name, p.stays[len(p.stays)-1].from, by)
		}
	}
	return n
}

// came tells whether somebody came at a moment: who was too old to be greeted is remembered with it.
func (p *someone) came(at time.Time) bool {
	return slices.ContainsFunc(p.stays, func(s stay) bool { return s.from.Equal(at) })
}

// owed is when somebody must have been greeted: within a day after they came, welcome could greet for 75 minutes on end, which is
// longer than any time that it waits; and it was in the file when Palabre heard of them, or was out of it for less than a day.
func (w *town) owed(p *someone) (by time.Time, owed bool) {
	came := p.stays[len(p.stays)-1].from
	good := 0
	for t := came; t.Before(came.Add(24 * time.Hour)); t = t.Add(time.Minute) {
		s := w.at(t)
		if good++; !s.greets() || s.refused || !t.After(s.raid) {
			good = 0
		}
		if good > 75 {
			return t, w.collected(came)
		}
	}
	return time.Time{}, false
}

func (s state) greets() bool { return s.file["welcome"] != "" && s.running }

// collected tells whether welcome took somebody in who came at a moment: Palabre heard of them then, or at its next start.
func (w *town) collected(came time.Time) bool {
	heard := slices.IndexFunc(w.past, func(s state) bool { return s.running && !s.at.Before(came) })
	for i, s := range w.past {
		if s.running && !s.at.After(came) && (i+1 == len(w.past) || w.past[i+1].at.After(came)) {
			heard = i
		}
	}
	if w.past[heard].greets() {
		return true
	}
	out, back := time.Time{}, time.Time{}
	for i, s := range w.past {
		switch {
		case i < heard && s.greets():
			out = w.past[i+1].at
		case i > heard && s.greets() && back.IsZero():
			back = s.at
		}
	}
	return !out.IsZero() && back.Sub(out) < 24*time.Hour
}

var civilOf = regexp.MustCompile(`^prompts/d/(.+)$`)

// questionsAreAsked: at each hour that the file has, once; after a stop at the newest one that is recent enough; and every
// question before any comes again.
func (w *town) questionsAreAsked(threads []doing) {
	asked := map[string]int{}
	var round []string
	for _, d := range threads {
		asked[civilOf.FindStringSubmatch(d.ref)[1]]++
		q := number.FindString(d.text.Plain())
		if slices.Contains(round, q) {
			w.t.Errorf("%s: question %s comes again after only %v", d.at, q, round)
		}
		if round = append(round, q); len(round) == 4 {
			round = nil
		}
	}
	for civil, n := range asked {
		if n > 1 {
			w.t.Errorf("the question of %s was asked %d times", civil, n)
		}
	}
	for i, s := range w.past {
		form, has := s.file["prompts"]
		if !has || !s.running {
			continue
		}
		end := w.now()
		if i+1 < len(w.past) {
			end = w.past[i+1].at
		}
		w.askedWhileRunning(form, s.at, end, asked)
		if i > 0 && !w.past[i-1].running && w.past[i-1].file["prompts"] == form {
			w.askedAfterAStop(form, w.past[i-1].at, s.at, asked)
		}
	}
}

var promptLines = regexp.MustCompile(`at: "([^"]+)", catch_up: (\w+)`)

func scheduleOf(form string) (schedule.Schedule, time.Duration) {
	m := promptLines.FindStringSubmatch(form)
	when, err := schedule.Parse(m[1], "Europe/Paris")
	if err != nil {
		panic(err)
	}
	catchUp, err := time.ParseDuration(m[2])
	if err != nil {
		panic(err)
	}
	return when, catchUp
}

func (w *town) askedWhileRunning(form string, from, to time.Time, asked map[string]int) {
	when, _ := scheduleOf(form)
	for fire, ok := when.Next(from); ok && fire.At.Before(to); fire, ok = when.Next(fire.At) {
		if asked[fire.Civil] == 0 {
			w.t.Errorf("%s: the question of %s was not asked", fire.At, fire.Civil)
		}
	}
}

func (w *town) askedAfterAStop(form string, stopped, started time.Time, asked map[string]int) {
	when, catchUp := scheduleOf(form)
	missed := when.Between(stopped.Add(time.Millisecond), started)
	next, _ := when.Next(started)
	if missed.Count == 0 {
		return
	}
	late := started.Sub(missed.Last.At)
	if want := late <= catchUp && late <= next.At.Sub(started); (asked[missed.Last.Civil] > 0) != want {
		w.t.Errorf("%s: back %s after %s: asked %v, want %v", started, late, missed.Last.Civil, !want, want)
	}
}

// silencesEnd: whatever was edited meanwhile, who was silenced may speak again.
func (w *town) silencesEnd([]doing) {
	past, err := w.s.store.Load(context.Background(), w.now(), w.now())
	w.must(err)
	for _, s := range past.Sanctions {
		if s.Kind == chat.ActTimeout && s.Until.Before(w.now()) {
			w.t.Errorf("%s is silent since the rule was edited: %s", s.Name, s.Until)
		}
	}
}
