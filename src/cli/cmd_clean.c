#include "cli/cmd.h"

static const struct opt opts[] = {
	{.name = "all",
	 .help = "of every project, not only of this manifest's; also what other processes and hosts left"},
	{.name = "yes", .letter = 'y', .help = "do not ask"},
	{.name = "dry-run", .letter = 'n', .help = "only show what would be removed"},
};

const struct cmd cmd_clean = {
	.name = "clean",
	.summary = "removes this project's labelled images, containers and volumes",
	.about = "Only what carries cudabuild's labels is ever touched. Without --all: the images of this manifest's "
		 "name, and containers and volumes whose process is dead. Asks before "
		 "it removes; where it cannot ask (no terminal) it needs --yes.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
};
