package main

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strings"
	"unicode"

	"github.com/bwmarrin/discordgo"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
	"maunium.net/go/mautrix/event"
)

// discordEvents writes each message as Discord's gateway sends it: some 1.2 kB.
func discordEvents(texts []string) [][]byte {
	out := make([][]byte, len(texts))
	for i, s := range texts {
		content, _ := json.Marshal(s)
		out[i] = []byte(`{"t":"MESSAGE_CREATE","s":4711,"op":0,"d":{"type":0,"tts":false,"timestamp":"2026-11-02T12:00:00.123000+00:00","pinned":false,` +
			`"nonce":"1152921504606847999","mentions":[],"mention_roles":[],"mention_everyone":false,"member":{"roles":["1152921504606847001",` +
			`"1152921504606847002","1152921504606847003","1152921504606847004","1152921504606847005","1152921504606847006"],"premium_since":null,"pending":false,"nick":"Somebody","mute":false,"joined_at":"2023-04-05T06:07:08.910000+00:00",` +
			`"flags":0,"deaf":false,"communication_disabled_until":null,"banner":null,"avatar":null},"id":"1152921504606848000","flags":0,"embeds":[],` +
			`"edited_timestamp":null,"content":` + string(content) + `,"components":[],"channel_type":0,"channel_id":"1152921504606846977","author":{"username":"somebody",` +
			`"public_flags":0,"primary_guild":null,"id":"1152921504606847100","global_name":"Somebody","display_name_styles":null,"discriminator":"0",` +
			`"collectibles":null,"clan":null,"avatar_decoration_data":{"asset":"a_0123456789abcdef0123456789abcdef","sku_id":"1152921504606847200","expires_at":null},"avatar":"0123456789abcdef0123456789abcdef"},"attachments":[],` +
			`"guild_id":"1152921504606846976"}}`)
	}
	return out
}

// discordDecode does what the session of discordgo does with an event: the envelope, a copy for a log line that nobody reads, the
// message, its state, and a handler.
func discordDecode(events [][]byte) func(from, n int) {
	session, err := discordgo.New("")
	if err != nil {
		panic(err)
	}
	if err := session.State.GuildAdd(&discordgo.Guild{ID: "1152921504606846976", Channels: []*discordgo.Channel{{ID: "1152921504606846977"}}}); err != nil {
		panic(err)
	}
	return func(from, n int) {
		for i := from; i < from+n; i++ {
			var e *discordgo.Event
			if err := json.NewDecoder(bytes.NewBuffer(events[i%len(events)])).Decode(&e); err != nil {
				panic(err)
			}
			logged = string(e.RawData)
			m := new(discordgo.MessageCreate)
			if err := json.Unmarshal(e.RawData, m); err != nil {
				panic(err)
			}
			_ = session.State.OnInterface(session, m) // a member that it does not know is an error for it, and none for us
			handled = m
		}
	}
}

// Where the work of the others goes, so that it is done.
var (
	logged  string
	handled any
	judged  int
)

// matrixEvents writes each message as a homeserver sends it.
func matrixEvents(texts []string) [][]byte {
	out := make([][]byte, len(texts))
	for i, s := range texts {
		body, _ := json.Marshal(s)
		out[i] = []byte(`{"type":"m.room.message","room_id":"!general:example.org","sender":"@bob:example.org",` +
			`"origin_server_ts":1772452800000,"event_id":"$0123456789abcdefghijklmnopqrstuvwxyzABCDEFG","unsigned":{"age":1234,"membership":"join"},` +
			`"content":{"msgtype":"m.text","m.mentions":{},"body":` + string(body) + `}}`)
	}
	return out
}

func matrixDecode(events [][]byte) func(from, n int) {
	return func(from, n int) {
		for i := from; i < from+n; i++ {
			var ev event.Event
			if err := json.Unmarshal(events[i%len(events)], &ev); err != nil {
				panic(err)
			}
			if err := ev.Content.ParseRaw(event.EventMessage); err != nil {
				panic(err)
			}
			handled = &ev
		}
	}
}

// perRule judges as the usual bot does: rule after rule, each reading the text anew. Word lists compare every word of the
// text with every word of the list; patterns are tried; hosts are compared one by one.
func perRule(texts, words []string, patterns []*regexp.Regexp, domains []string) func(from, n int) {
	links := regexp.MustCompile(`(?i)https?://([^\s/]+)`)
	return func(from, n int) {
		for i := from; i < from+n; i++ {
			say := texts[i%len(texts)]
			for list := 0; list < len(words); list += 50 {
				for _, said := range strings.Fields(prepared(say)) {
					for _, w := range words[list:min(list+50, len(words))] {
						if strings.EqualFold(said, w) {
							judged++
						}
					}
				}
			}
			for _, re := range patterns {
				if re.MatchString(say) {
					judged++
				}
			}
			for _, m := range links.FindAllStringSubmatch(say, -1) {
				for _, d := range domains {
					if strings.HasSuffix(m[1], d) {
						judged++
					}
				}
			}
		}
	}
}

// prepared is a text without marks and signs.
func prepared(s string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFKC), s)
	if err != nil {
		panic(err)
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsPunct(r) {
			return -1
		}
		return r
	}, plain)
}
