#include "cli/cmd.h"

static const struct opt opts[] = {
	{.name = "jobs", .letter = 'j', .value = "N", .help = "variants built at once (default: from the cores)"},
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "no-cache", .help = "build everything anew"},
	{.name = "keep-going", .help = "go on with other variants after one failed"},
	{.name = "allow-unpinned", .help = "build although bases, torch or extensions are not pinned"},
};

const struct cmd cmd_build = {
	.name = "build",
	.summary = "builds the images of the variants and holds each against its plan by its bytes",
	.about = "Checks that lock and files agree with the manifest, pulls the base images by digest, and builds with "
		 "the engine's BuildKit, variants side by side. An image whose build context did not change is not "
		 "built again.\n\n"
		 "Each finished image is read as `inspect` reads it, and held against the plan and its targets: "
		 "packages, versions, CUDA, compiled architectures, Python, labels, environment, user, command. An "
		 "image that is not what was planned, or in which torch cannot work, is `wrong`, and ends the build "
		 "with exit 1; the checks are those of `help inspect`. An unchanged image that passed is not read "
		 "again.\n\n"
		 "What is not pinned yet is pinned first where the registry answers; a plan whose bases, torch or "
		 "extensions stay unpinned is refused without --allow-unpinned. "
		 "Ctrl-C ends the running steps and leaves nothing behind.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
};
