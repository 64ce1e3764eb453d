package cli

import (
	"context"
	"fmt"
	"strings"

	"palabre/rules"
)

func runPacks(_ context.Context, env Env, args []string) error {
	words, err := parse(flags("packs"), args, 0, 2)
	switch {
	case err != nil:
		return err
	case len(words) == 0:
		listPacks(env)
		return nil
	case words[0] != "show" || len(words) == 1:
		return errInput{fmt.Errorf("palabre packs: write `palabre packs`, or `palabre packs show NAME`")}
	}
	src, ok := rules.PackSource(words[1])
	if !ok {
		return errInput{fmt.Errorf("palabre packs: there is no pack %q\nhint: there are %s", words[1], strings.Join(rules.PackNames(), ", "))}
	}
	_, err = env.Out.Write(src)
	return err
}

func listPacks(env Env) {
	for _, name := range rules.PackNames() {
		fmt.Fprintf(env.Out, "%s\n  %s\n", name, rules.PackAbout(name, "en"))
	}
	fmt.Fprint(env.Out, "\nTo try one without harm, write `packs: { spam: { mode: shadow } }` in your file, and read docs/first-week.md.\n")
}
