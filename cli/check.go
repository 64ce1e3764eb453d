package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"palabre/bot"
	"palabre/config"
)

func runCheck(ctx context.Context, env Env, args []string) error {
	set := flags("check")
	path := configFlag(set)
	paths, err := parse(set, args, 0, 1000)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{*path}
	}
	var checked []*config.Config
	var wrong []error
	for _, path := range paths {
		cfg, err := load(path)
		if err != nil {
			wrong = append(wrong, err)
			continue
		}
		checked = append(checked, cfg)
	}
	if err := config.CrossCheck(checked...); err != nil {
		wrong = append(wrong, errInput{err})
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	for _, cfg := range checked {
		praise(env, cfg)
		chosen(ctx, env, cfg)
	}
	return nil
}

// praise says what was read, and what a platform does differently from what is written.
func praise(env Env, cfg *config.Config) {
	fmt.Fprintf(env.Out, "%s: all is well: rules: %d, their tests passed: %d, activities: %d\n",
		cfg.File, cfg.Rules.Len(), len(cfg.Rules.Test()), len(cfg.Activities))
	for _, remark := range config.Describe(cfg) {
		fmt.Fprintln(env.Out, "  "+remark)
	}
}

// chosen says which rules are in another mode than the file says, because an admin chose it; nothing when the community's
// memory is not on this machine.
func chosen(ctx context.Context, env Env, cfg *config.Config) {
	modes, err := bot.ReadModes(ctx, cfg.Store)
	if err != nil {
		fmt.Fprintf(env.Out, "  the modes that admins chose cannot be read: %v\n", err)
	}
	for _, r := range cfg.Rules.Rules() {
		if c, holds := modes.Of(r); holds {
			fmt.Fprintf(env.Out, "  rule %s: %s (chosen by %s on %s; the file says %s)\n", r.Name, c.Mode, c.By, c.At.Format(time.DateOnly), r.Mode)
		}
	}
}
