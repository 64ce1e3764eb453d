package cli

import (
	"context"

	"palabre/config"
)

// runSchema prints what an editor needs to complete and underline configurations.
func runSchema(_ context.Context, env Env, args []string) error {
	if _, err := parse(flags("schema"), args, 0, 0); err != nil {
		return err
	}
	_, err := env.Out.Write(config.Schema())
	return err
}
