package discord_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"palabre/adapters"
	"palabre/adapters/discord"
	"palabre/adapters/discord/discordtest"
	"palabre/catalogue"
	"palabre/chat"
)

// consulted is what the doctor says, in a line for each finding and each advice. Ids are called by their names.
func consulted(t *testing.T, o discord.Options, names map[string]string) []string {
	t.Helper()
	a, err := discord.New(o)
	if err != nil {
		t.Fatal(err)
	}
	sentences, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	var pairs []string
	for id, name := range names {
		pairs = append(pairs, id, name)
	}
	plain := strings.NewReplacer(pairs...)
	say := func(p chat.Phrase) string {
		return plain.Replace(sentences.Plain(catalogue.Voice{}, p, catalogue.Resolver{}))
	}
	var lines []string
	for _, f := range a.Examine(t.Context()) {
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

const invitation = "ok: the invitation, with exactly the permissions that are needed: https://discord.com/oauth2/authorize?client_id=APP&guild_id=GUILD&permissions=2253208563035334&scope=bot+applications.commands"

// Rules that slow rooms down, lock them or give roles take permissions of their own, and the invitation asks for those then.
func TestTheInvitationFitsTheRules(t *testing.T) {
	s := discordtest.New(discordtest.Options{})
	g := s.Guild("Passerelles")
	o := discord.Options{Token: discordtest.Token, Guild: g.ID, APIBase: s.Start(t)}
	for _, tc := range []struct {
		acts []chat.ActionKind
		more uint64
	}{
		{[]chat.ActionKind{chat.ActDelete, chat.ActTimeout}, 0},
		{[]chat.ActionKind{chat.ActSlowmode}, discordtest.ManageChannels},
		{[]chat.ActionKind{chat.ActLock, chat.ActGiveRole}, discordtest.ManageRoles},
		{[]chat.ActionKind{chat.ActResetName}, discordtest.ManageNicknames},
	} {
		o.Acts = tc.acts
		want := fmt.Sprintf("&permissions=%d&", 2253208563035334|tc.more)
		if lines := consulted(t, o, nil); !strings.Contains(lines[len(lines)-1], want) {
			t.Errorf("%v: no %s in %s", tc.acts, want, lines[len(lines)-1])
		}
	}
}

func TestTheDoctorFindsAllWell(t *testing.T) {
	s := discordtest.New(discordtest.Options{})
	g := s.Guild("Passerelles")
	general := g.Text("general")
	g.Place(g.BotRole(), 5)
	g.Role("Regulars", discordtest.Everyone)
	o := discord.Options{
		Token: discordtest.Token, Guild: g.ID, APIBase: s.Start(t), Rooms: []adapters.Room{{Logical: "general", ID: general}},
	}
	want := []string{
		"ok: Discord knows the bot palabre",
		"ok: the bot receives what people write",
		"ok: the bot hears of who comes and goes",
		"ok: the bot is on the server “Passerelles”",
		"ok: the bot has the permissions that it needs",
		"ok: the bot’s role stands above the members’ roles",
		"ok: general: the bot has what it needs",
		"wrong: no command is registered yet",
		"  Palabre registers them when it runs; if it ran already, open the invitation below again",
		invitation,
	}
	if diff := cmp.Diff(want, consulted(t, o, map[string]string{s.Bot(): "APP", g.ID: "GUILD"})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	for _, r := range s.Requests() {
		if r.Method != "GET" {
			t.Errorf("the doctor did something: %s %s", r.Method, r.Path)
		}
	}
}

func TestTheDoctorSaysWhatToClick(t *testing.T) {
	s := discordtest.New(discordtest.Options{NoContent: true})
	g := s.Guild("Passerelles")
	general, forum, secret, random := g.Text("general"), g.Forum("debates"), g.Text("council"), g.Text("random")
	high := g.Role("Regulars", discordtest.Everyone)
	staff := g.Role("Moderators", discordtest.Moderators)
	g.Place(high, 7)
	g.Place(staff, 8)
	g.BotMay(discordtest.Everyone | discordtest.KickMembers | discordtest.ManageMessages | discordtest.PinMessages)
	g.Overwrite(general, g.BotRole(), false, 0, discordtest.SendMessages|discordtest.ManageMessages)
	g.Overwrite(random, g.ID, false, 0, discordtest.ManageMessages)
	g.Overwrite(secret, g.ID, false, 0, discordtest.ViewChannel)
	o := discord.Options{
		Token: discordtest.Token, Guild: g.ID, APIBase: s.Start(t),
		Rooms:    []adapters.Room{{Logical: "general", ID: general}, {Logical: "debates", ID: forum}, {Logical: "nowhere", ID: "1152921504606846976"}},
		Standing: discord.Standing{Trusted: []string{"Regulars", "regulars"}, Moderator: []string{staff}},
	}
	want := []string{
		"ok: Discord knows the bot palabre",
		"wrong: the bot does not receive what people write",
		"  discord.com/developers, your application, Bot: turn on Message Content Intent",
		"ok: the bot hears of who comes and goes",
		"ok: the bot is on the server “Passerelles”",
		"wrong: the bot may not silence members, ban members and read the audit log",
		"  open the invitation below again, or: Server Settings, Roles, “Palabre”, Permissions: turn on Timeout Members, Ban Members and View Audit Log",
		"wrong: the bot cannot act against members with these roles, which stand above its own: “Regulars”",
		"  Server Settings, Roles: drag “Palabre” above them",
		"wrong: the server has no role “regulars”",
		"  look at `standing` under `discord` in the configuration; capitals count",
		"wrong: general: the bot may not write and remove messages",
		"  Edit Channel, Permissions, Advanced Permissions, add “Palabre”: allow Send Messages and Manage Messages",
		"ok: debates: the bot has what it needs",
		"wrong: nowhere: the server has no channel “1152921504606846976”",
		"  a click with the right button on the channel, Copy Channel ID; put it in the configuration, in quotes",
		"wrong: channels that the configuration does not name, where rules see what is said but the bot may not remove it: “#random”",
		"  Edit Channel, Permissions, Advanced Permissions, add “Palabre”: allow Manage Messages, or deny View Channel if nothing shall be moderated there",
		"ok: channels that the bot cannot see, and where nothing is moderated: “#council”",
		"  if it shall: Edit Channel, Permissions, Advanced Permissions, add “Palabre”: allow View Channel",
		"wrong: no command is registered yet",
		"  Palabre registers them when it runs; if it ran already, open the invitation below again",
		invitation,
	}
	if diff := cmp.Diff(want, consulted(t, o, map[string]string{s.Bot(): "APP", g.ID: "GUILD"})); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	g.BotMay(discordtest.Administrator)
	got := strings.Join(consulted(t, o, nil), "\n")
	if !strings.Contains(got, "ok: the bot is an administrator: it needs far less\n  Server Settings, Roles, “Palabre”, Permissions: turn Administrator off") {
		t.Errorf("of an administrator it says\n%s", got)
	}
}

func TestTheDoctorWithoutAGuildOrAToken(t *testing.T) {
	s := discordtest.New(discordtest.Options{})
	g := s.Guild("Passerelles")
	o := discord.Options{Token: discordtest.Token, Guild: "1152921504606846976", APIBase: s.Start(t)}
	names := map[string]string{s.Bot(): "APP", o.Guild: "GUILD", g.ID: "OTHER"}
	got := consulted(t, o, names)
	want := []string{
		"wrong: the bot is not on the server “GUILD”",
		"  open the invitation below and choose the server; if it is another one, look at `guild` in the configuration",
		invitation,
	}
	if diff := cmp.Diff(want, got[max(0, len(got)-3):]); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	s.Revoke()
	want = []string{
		"wrong: Discord does not accept the token",
		"  discord.com/developers, your application, Bot, Reset Token; put the new one where the configuration says that it is kept",
	}
	if diff := cmp.Diff(want, consulted(t, o, names)); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	o.APIBase = "http://127.0.0.1:1/api"
	if got := consulted(t, o, names); len(got) != 2 || !strings.HasPrefix(got[0], "wrong: Discord does not answer: “try again: discord not reached: ") {
		t.Errorf("without a network: %q", got)
	}
}

// The invitation never makes an administrator.
func TestTheInvitationIsModest(t *testing.T) {
	u, err := url.Parse(strings.NewReplacer("APP", "1", "GUILD", "2").Replace(invitation[strings.Index(invitation, "https"):]))
	if err != nil {
		t.Fatal(err)
	}
	var permissions uint64
	for _, c := range u.Query().Get("permissions") {
		permissions = permissions*10 + uint64(c-'0')
	}
	const never = discordtest.Administrator | discordtest.ManageGuild | discordtest.ManageRoles | discordtest.ManageChannels | discordtest.MentionEveryone | discordtest.ManageWebhooks
	if permissions&never != 0 || permissions&discordtest.ModerateMembers == 0 {
		t.Errorf("permissions %b", permissions)
	}
}

// Who may moderate without the permission that the slash commands are offered with is named, and the review of the intents
// is spoken of in time.
func TestTheDoctorKnowsWhatIsToCome(t *testing.T) {
	s := discordtest.New(discordtest.Options{})
	g := s.Guild("Passerelles")
	general := g.Text("general")
	g.Place(g.BotRole(), 9)
	g.Role("Council", 0)
	g.Role("Cleaners", discordtest.ManageMessages)
	g.Role("Moderators", discordtest.ModerateMembers)
	o := discord.Options{
		Token: discordtest.Token, Guild: g.ID, APIBase: s.Start(t), Rooms: []adapters.Room{{Logical: "general", ID: general}},
		Standing: discord.Standing{Moderator: []string{"Council"}},
	}
	const hidden, review = "ok: who has only “Council” and “Cleaners” may moderate, and Discord does not offer them the slash commands; typed commands work\n  turn on “Timeout Members”", "Discord reviews bots"
	if got := strings.Join(consulted(t, o, nil), "\n"); !strings.Contains(got, hidden) || strings.Contains(got, review) {
		t.Errorf("it says\n%s", got)
	}
	g.Crowd(9_000)
	if got := strings.Join(consulted(t, o, nil), "\n"); !strings.Contains(got, "about 9002 members") || !strings.Contains(got, review) {
		t.Errorf("of a large server it says\n%s", got)
	}
}
