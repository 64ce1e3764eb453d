//go:build !faults

package cli

import "palabre/bot"

func systemClock() bot.Clock { return bot.SystemClock{} }
