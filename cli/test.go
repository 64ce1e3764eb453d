package cli

import (
	"context"
	"fmt"

	"palabre/scenario"
)

func runTest(ctx context.Context, env Env, args []string) error {
	set := flags("test")
	path := set.String("config", "", "the configuration that the stories are played with; without it palabre.yaml, and where there is none the example")
	update := set.Bool("update", false, "write what happens as what is expected")
	stories, err := parse(set, args, 1, 10000)
	if err != nil {
		return err
	}
	cfg, err := loadOrExample(env, *path)
	if err != nil {
		return err
	}
	failed := 0
	for i, file := range stories {
		story, err := scenario.ReadStory(file)
		if err != nil {
			return errInput{err}
		}
		shown, err := story.Run(ctx, cfg)
		if err != nil {
			return err
		}
		switch {
		case *update:
			err = story.Update(shown)
		case shown != story.Want:
			failed++
			fmt.Fprintf(env.Out, "[%d/%d] %s: something else happened\n%s", i+1, len(stories), file, difference(story.Want, shown))
			continue
		}
		if err != nil {
			return err
		}
		fmt.Fprintf(env.Out, "[%d/%d] %s: as told\n", i+1, len(stories), file)
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d stories did not go as told", failed, len(stories))
	}
	return nil
}
