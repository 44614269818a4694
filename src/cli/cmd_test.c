#include "cli/cmd.h"

static const struct opt opts[] = {
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "image", .value = "REF", .help = "test this image of the engine in place of the manifest's"},
	{.name = "require-gpu", .help = "a GPU that is not there is an error (exit 6), not a skip"},
	{.name = "gpus", .value = "IDS", .help = "the GPUs to use: all, or ids such as 0,1"},
	{.name = "report",
	 .value = "[FORM=]FILE",
	 .help = "also write the report: FILE.xml (JUnit), .json, .tap, .html or .txt, or FORM=FILE (repeatable)",
	 .repeatable = true},
};

const struct cmd cmd_test = {
	.name = "test",
	.summary = "proves built images: imports, versions, CPU numerics, then the GPU probe",
	.about = "Runs one locked-down container per image (no network, read-only, no capabilities). In it a compiled "
		 "CUDA sparse matrix multiplication is checked on every visible GPU "
		 "through the driver, and the image's interpreter imports the packages, compares versions and "
		 "torch_sparse's numerics with dense ones.\n\n"
		 "A host that shows no NVIDIA device gives `skipped (no GPU)`, exit 0, and says so; with --require-gpu "
		 "that is exit 6. A device that the container does not get is an error.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
};
