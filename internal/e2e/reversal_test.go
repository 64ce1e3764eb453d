package e2e

import (
	"testing"
	"testing/synctest"
	"time"

	"palabre/adapters/discord/discordtest"
)

// asked counts the calls of a kind that were made, whatever Discord answered.
func (w *town) asked(kind string) int { return w.Calls(kind) }

func (w *town) banned(p discordtest.Person) bool {
	_, is := w.Bans(w.ID)[p.ID]
	return is
}

// higher puts somebody above the bot, whose role stands too low then.
func (w *town) higher(p discordtest.Person) {
	nobles := w.Role("Nobles", discordtest.Everyone)
	w.Place(nobles, 50)
	w.Give(p, nobles)
	pass(time.Second)
}

// What Discord refuses has changed nothing: no call takes it back, however long one waits; and what a human does then stays.
func TestWhatIsRefusedIsNotTakenBack(t *testing.T) {
	for _, code := range []struct {
		name         string
		status, code int
	}{
		{"for lack of a permission", 403, 50013}, {"as malformed", 400, 50035}, {"as too many bans of people who are not here", 400, 30035},
	} {
		t.Run(code.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t, discordtest.Options{}, "rules: []")
				ana, bob := w.Member("ana"), w.Member("bob")
				w.start()
				for _, kind := range []string{"ban", "timeout"} {
					w.Fail(discordtest.Fault{Kind: kind, Status: code.status, Code: code.code, Times: 1})
				}
				w.says(w.mona, w.desk, "!ban ana spam")
				w.says(w.mona, w.desk, "!timeout bob 10m shouting")
				if !w.tells("Not done:\nban: ") || !w.tells("Not done:\ntimeout 10 minutes: ") {
					t.Errorf("the moderators read:\n%q", w.told())
				}
				w.must(w.Owner.Ban(w.ID, ana.ID, 0, ""))
				w.must(w.Owner.Timeout(w.ID, bob.ID, w.Now().Add(7*24*time.Hour), ""))
				pass(24 * time.Hour)
				if w.asked("unban")+w.asked("ban get") > 0 || w.asked("timeout") != 1 || !w.banned(ana) {
					t.Errorf("%d calls lift a ban, %d change a silence; ana is banned: %v", w.asked("unban"), w.asked("timeout"), w.banned(ana))
				}
				if _, err := bob.Say(w.general, "am I free?"); err == nil {
					t.Error("a silence by hand was lifted")
				}
			})
		})
	}
}

// A ban by hand stays when the bot, whose role stood too low for its own, is dragged up.
func TestABanByHandOutlivesARefusedOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, "rules: []")
		ana := w.Member("ana")
		w.higher(ana)
		w.start()
		w.says(w.mona, w.desk, "!ban ana spam") // refused: she stands higher than the bot, and than mona
		w.says(w.Owner, w.desk, "!ban ana spam")
		w.must(w.Owner.Ban(w.ID, ana.ID, 0, "enough"))
		pass(time.Minute)
		w.Place(w.BotRole(), 60)
		pass(24 * time.Hour)
		if !w.banned(ana) || w.asked("unban") > 0 {
			t.Errorf("banned: %v, after %d calls that lift it; told:\n%q", w.banned(ana), w.asked("unban"), w.told())
		}
	})
}

// Nobody knows whether a ban worked whose answer was lost before a refusal: what stands is looked at, and lifted only when it
// is ours.
func TestADoubtfulBanIsLookedAt(t *testing.T) {
	for _, c := range []struct {
		name          string
		worked, other bool // the lost call worked; a human has banned her
		banned        bool
		says          string
	}{
		{"it had not worked", false, false, false, ""},
		{"it had worked", true, false, false, ""},
		{"a human's stands", false, true, true, "I left it alone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w := newTown(t, discordtest.Options{}, "rules: []")
				ana := w.Member("ana")
				w.start()
				w.Fail(
					discordtest.Fault{Kind: "ban", Status: 502, Commit: c.worked, Then: func() {
						if c.other {
							go func() { w.must(w.Owner.Ban(w.ID, ana.ID, 0, "enough")) }()
						}
					}},
					discordtest.Fault{Kind: "ban", Status: 403, Code: 50013},
				)
				w.says(w.mona, w.desk, "!ban ana spam")
				pass(time.Minute)
				if w.banned(ana) != c.banned || c.says != "" && !w.tells(c.says) {
					t.Errorf("banned: %v, want %v; told:\n%q", w.banned(ana), c.banned, w.told())
				}
			})
		})
	}
}

// A lift that Discord refuses is tried for long; once a human has banned or silenced the same member, it is called off,
// whether the bot was there to hear of it or not.
func TestAnOldLiftIsCalledOffByAHuman(t *testing.T) {
	for _, away := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newTown(t, discordtest.Options{}, "rules: []")
			ana, bob := w.Member("ana"), w.Member("bob")
			w.start()
			w.says(w.mona, w.desk, "!ban ana 1h spam")
			w.says(w.mona, w.desk, "!timeout bob 1h shouting")
			w.BotMay(discordtest.Moderation &^ (discordtest.BanMembers | discordtest.ModerateMembers))
			pass(55 * time.Minute)
			w.Fail(discordtest.Fault{Kind: "timeout", Status: 403, Code: 50013, Times: -1})
			pass(6 * time.Minute)
			if !w.tells("ban lifted is refused") {
				t.Fatalf("told:\n%q", w.told())
			}
			if away {
				w.stop()
			}
			w.must(w.Owner.Unban(w.ID, ana.ID, ""))
			w.must(ana.Join(w.ID))
			pass(time.Second)
			w.must(w.Owner.Ban(w.ID, ana.ID, 0, "for good"))
			w.must(w.Owner.Timeout(w.ID, bob.ID, w.Now().Add(20*24*time.Hour), ""))
			pass(time.Minute)
			w.Heal()
			w.BotMay(discordtest.Moderation)
			if away {
				w.start()
			}
			pass(8 * time.Hour)
			if !w.banned(ana) {
				t.Errorf("away %v: what the owner did was undone; told:\n%q", away, w.told())
			}
			if _, err := bob.Say(w.general, "am I free?"); err == nil {
				t.Errorf("away %v: the owner's silence was lifted; told:\n%q", away, w.told())
			}
			left, err := w.bot.Orders(t.Context())
			if err != nil || len(left) > 0 {
				t.Errorf("away %v: orders left: %+v, %v", away, left, err)
			}
		})
	}
}

// What was refused too often waits, and is done once the permission is given: nothing is settled by not asking.
func TestOrdersWaitForAPermission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newTown(t, discordtest.Options{}, "rules: []")
		names := []string{"ana", "bob", "cid", "dan", "eva", "fay", "gus"}
		people := map[string]discordtest.Person{}
		for _, name := range names {
			people[name] = w.Member(name)
		}
		w.start()
		w.BotMay(discordtest.Moderation &^ discordtest.ModerateMembers)
		pass(time.Second)
		for _, name := range names {
			w.says(w.mona, w.desk, "!timeout "+name+" 2h shouting")
		}
		if n := w.asked("timeout"); n != 5 {
			t.Errorf("%d calls", n)
		}
		w.BotMay(discordtest.Moderation)
		pass(11 * time.Minute)
		for i, name := range names {
			_, err := people[name].Say(w.general, "may I?")
			if silenced, waited := err != nil, i >= 5; silenced != waited {
				t.Errorf("%s is silenced: %v", name, silenced)
			}
		}
	})
}
