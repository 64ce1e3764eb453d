package cli

import (
	"cmp"
	"fmt"
	"log/slog"

	"palabre/adapters"
	"palabre/adapters/discord"
	"palabre/adapters/matrix"
	"palabre/bot"
	"palabre/chat"
	"palabre/config"
)

// network is one network with an adapter.
type network struct {
	platform chat.Platform
	can      chat.Capabilities
	open     func(*config.Config, *slog.Logger, bot.Clock) (adapters.Adapter, error)
	// address is something that the platform answers without an account.
	address func(*config.Config) string
}

func networks() []network {
	return []network{
		{chat.Matrix, (*matrix.Adapter)(nil).Capabilities(), openMatrix, func(c *config.Config) string {
			return c.Matrix.Homeserver + "/_matrix/client/versions"
		}},
		{chat.Discord, (*discord.Adapter)(nil).Capabilities(), openDiscord, func(c *config.Config) string {
			return cmp.Or(c.Discord.APIBase, discord.DefaultAPIBase) + "/v10/gateway"
		}},
	}
}

// capabilities are what the networks with an adapter can do.
func capabilities() config.Platforms {
	can := config.Platforms{}
	for _, n := range networks() {
		can[n.platform] = n.can
	}
	return can
}

// enabled are the networks that a configuration turns on.
func enabled(cfg *config.Config) ([]network, error) {
	var on []network
	for _, platform := range cfg.Enabled() {
		for _, n := range networks() {
			if n.platform == platform {
				on = append(on, n)
			}
		}
	}
	if len(on) == 0 {
		return nil, errInput{fmt.Errorf("palabre: %s enables no network\nhint: set `enabled: true` under `matrix` or `discord`, or try `palabre console`", cfg.File)}
	}
	return on, nil
}

// open connects what is configured.
func open(cfg *config.Config, log *slog.Logger, clock bot.Clock) ([]adapters.Adapter, error) {
	on, err := enabled(cfg)
	if err != nil {
		return nil, err
	}
	var opened []adapters.Adapter
	for _, n := range on {
		a, err := n.open(cfg, log, clock)
		if err != nil {
			return nil, err
		}
		opened = append(opened, a)
	}
	return opened, nil
}

func openMatrix(cfg *config.Config, log *slog.Logger, clock bot.Clock) (adapters.Adapter, error) {
	m := cfg.Matrix
	token, err := m.Token.Reveal()
	if err != nil {
		return nil, errInput{fmt.Errorf("palabre: matrix token: %w", err)}
	}
	return matrix.New(matrix.Options{
		Homeserver: m.Homeserver, User: m.User, Token: token, Space: m.Space, Rooms: roomsOn(cfg, chat.Matrix), Prefix: m.Prefix, Ignore: m.Ignore,
		Standing: matrix.Standing{Trusted: m.Standing.Trusted, Moderator: m.Standing.Moderator, Admin: m.Standing.Admin},
		Log:      log, Clock: clock.Now,
	})
}

func openDiscord(cfg *config.Config, log *slog.Logger, clock bot.Clock) (adapters.Adapter, error) {
	d := cfg.Discord
	token, err := d.Token.Reveal()
	if err != nil {
		return nil, errInput{fmt.Errorf("palabre: discord token: %w", err)}
	}
	return discord.New(discord.Options{
		Token: token, Guild: d.Guild, Rooms: roomsOn(cfg, chat.Discord), APIBase: d.APIBase, Prefix: d.Prefix, Ignore: d.Ignore,
		Standing:      discord.Standing{Trusted: d.Standing.Trusted, Moderator: d.Standing.Moderator, Admin: d.Standing.Admin},
		JudgeWebhooks: d.Webhooks, Acts: cfg.Rules.Acts(), Log: log, Clock: clock.Now,
	})
}

// roomsOn are the rooms that a platform has.
func roomsOn(cfg *config.Config, platform chat.Platform) []adapters.Room {
	var rooms []adapters.Room
	for _, room := range cfg.Rooms {
		if id := room.IDs[platform]; id != "" {
			rooms = append(rooms, adapters.Room{Logical: room.Name, ID: id})
		}
	}
	return rooms
}
