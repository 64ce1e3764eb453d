package cli

import (
	"context"
	"errors"
	"fmt"

	"palabre/config"
)

func runCheck(_ context.Context, env Env, args []string) error {
	paths, err := parse(flags("check"), args, 0, 1000)
	if err != nil {
		return err
	}
	if len(paths) == 0 {
		paths = []string{defaultConfig}
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
