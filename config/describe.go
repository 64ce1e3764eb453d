package config

import (
	"fmt"

	"palabre/chat"
)

// Describe lists what is no mistake but worth knowing before midnight, one sentence each: what the configured platform
// replaces or does not tell, what is turned off, what is less protected than it may seem.
func Describe(cfg *Config) []string {
	var remarks []string
	m := cfg.Matrix
	switch {
	case m == nil || !m.Enabled:
		remarks = append(remarks, "no platform is enabled: only the console will run")
	default:
		remarks = append(remarks, describeMatrix(cfg)...)
	}
	if cfg.Listen == "" {
		remarks = append(remarks, "listen is off: nobody can ask whether Palabre is well")
	}
	return append(remarks, cfg.Rules.Remarks()...)
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
	for _, r := range cfg.Rooms {
		if r.IDs[chat.Matrix] == "" {
			remarks = append(remarks, fmt.Sprintf("matrix: room %q has no alias or id, so nothing is heard or said there", r.Name))
		}
	}
	return remarks
}
