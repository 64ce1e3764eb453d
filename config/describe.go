package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"palabre/chat"
	"palabre/internal/human"
)

// Describe lists what is no mistake but worth knowing before midnight, one sentence each: what the configured platform
// replaces or does not tell, what is turned off, what is less protected than it may seem.
func Describe(cfg *Config) []string {
	var remarks []string
	on := cfg.Enabled()
	if len(on) == 0 {
		remarks = append(remarks, "no platform is enabled: only the console will run")
	}
	for _, platform := range on {
		if platform == chat.Matrix {
			remarks = append(remarks, describeMatrix(cfg)...)
		} else {
			remarks = append(remarks, describeDiscord(cfg)...)
		}
	}
	if cfg.Listen == "" {
		remarks = append(remarks, "listen is off: nobody can ask whether Palabre is well")
	}
	if len(cfg.Archive.Rooms) > 0 {
		remarks = append(remarks, describeArchive(cfg)...)
	}
	return append(remarks, cfg.Rules.Remarks()...)
}

// discordKeeps is how long Discord's own advice lets a program keep what people wrote.
const discordKeeps = 30 * 24 * time.Hour

func describeArchive(cfg *Config) []string {
	remarks := []string{fmt.Sprintf("archive: what people write in %s is kept for %s; tell them", strings.Join(cfg.Archive.Rooms, ", "), human.Format(cfg.Archive.Keep))}
	if cfg.Archive.Keep > discordKeeps && slices.Contains(cfg.Enabled(), chat.Discord) {
		remarks = append(remarks, "archive: Discord advises programs to keep messages for 30 days at most")
	}
	return remarks
}

func describeMatrix(cfg *Config) []string {
	var remarks []string
	if isPlainRemote(cfg.Matrix.Homeserver) {
		remarks = append(remarks, "matrix: the token travels unencrypted to "+cfg.Matrix.Homeserver)
	}
	remarks = append(remarks, "matrix: silencing changes power levels; in rooms made by most clients that takes power level 100")
	if cfg.Matrix.Space == "" {
		remarks = append(remarks, "matrix: no space is named, so only the rooms of this file are protected")
	}
	for _, name := range cfg.absent(chat.Matrix) {
		remarks = append(remarks, fmt.Sprintf("matrix: room %q has no alias or id, so nothing is heard or said there", name))
	}
	return remarks
}

func describeDiscord(cfg *Config) []string {
	var remarks []string
	if base := cfg.Discord.APIBase; base != "" {
		remarks = append(remarks, "discord: "+base+" is called instead of Discord")
		if isPlainRemote(base) {
			remarks = append(remarks, "discord: the token travels unencrypted to "+base)
		}
	}
	for _, name := range cfg.absent(chat.Discord) {
		remarks = append(remarks, fmt.Sprintf("discord: room %q has no id, so nothing is said there", name))
	}
	return remarks
}

// absent are the rooms that a platform does not have.
func (c *Config) absent(p chat.Platform) []string {
	var names []string
	for _, r := range c.Rooms {
		if r.IDs[p] == "" {
			names = append(names, r.Name)
		}
	}
	return names
}
