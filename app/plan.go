// Package app builds the parts of Palabre from a configuration, for the command line and for stories alike.
package app

import (
	"palabre/bot"
	"palabre/catalogue"
	"palabre/chat"
	"palabre/config"
	"palabre/store"
)

// Plan is what the bot works with. platforms are those that have an adapter; on the console every logical
// room is there under its own name.
func Plan(cfg *config.Config, platforms ...chat.Platform) *bot.Plan {
	return &bot.Plan{
		Hash:       cfg.Hash,
		Rules:      cfg.Rules,
		Activities: cfg.Activities,
		Rooms:      rooms(cfg, platforms),
		Desk:       cfg.Desk,
		Voice:      Voice(cfg),
		Limits:     limits(cfg.Limits),
		Archive:    store.ArchiveTerms{Rooms: cfg.Archive.Rooms, Keep: cfg.Archive.Keep, Evidence: cfg.Archive.Evidence},
	}
}

func limits(l config.Limits) bot.Limits {
	return bot.Limits{PerMinute: l.SanctionsPerMinute, PerHour: l.SanctionsPerHour, Late: l.Late, Unanswered: l.Unanswered}
}

// Voice is how the community is spoken to.
func Voice(cfg *config.Config) catalogue.Voice {
	return catalogue.Voice{Language: cfg.Community.Language, Register: cfg.Community.Register, Zone: cfg.Community.Zone}
}

func rooms(cfg *config.Config, platforms []chat.Platform) bot.Rooms {
	var out []bot.LogicalRoom
	for _, room := range cfg.Rooms {
		logical := bot.LogicalRoom{Name: room.Name, Bridged: room.Bridged}
		for _, platform := range platforms {
			if id, ok := roomOn(room, platform); ok {
				logical.Places = append(logical.Places, chat.RoomRef{Platform: platform, ID: id})
			}
		}
		out = append(out, logical)
	}
	return bot.NewRooms(out)
}

func roomOn(room config.Room, platform chat.Platform) (string, bool) {
	if platform == chat.Console {
		return room.Name, true
	}
	id, ok := room.IDs[platform]
	return id, ok
}
