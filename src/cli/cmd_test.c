#include "cli/cmd.h"

static const struct opt opts[] = {
	{.name = "jobs",
	 .letter = 'j',
	 .value = "N",
	 .help = "images tested at once (default: from the cores; 1 where this machine shows a GPU)"},
	{.name = "variant", .value = "NAME", .help = "only this variant (repeatable)", .repeatable = true},
	{.name = "image",
	 .value = "REF",
	 .help = "test this image of the engine in place of the manifest's (repeatable)",
	 .repeatable = true},
	{.name = "static",
	 .help = "start no container: read the images' bytes, as `inspect` does, and compare with the plan"},
	{.name = "require-gpu", .help = "a GPU that is not there is an error (exit 6), not a skip"},
	{.name = "gpus", .value = "IDS", .help = "the GPUs to use: all, or ids such as 0,1"},
	{.name = "timeout",
	 .value = "TIME",
	 .help = "for each image: 90s, 5m (default: the manifest's; 300s for --image)"},
	{.name = "bench",
	 .help = "also measure the products on each GPU: median, bytes, share of the copy bandwidth, beside cuSPARSE"},
	{.name = "baseline",
	 .value = "FILE",
	 .help = "compare with an earlier run: its JSON report; slower than the noise of both is a warning"},
	{.name = "floor",
	 .value = "PERCENT",
	 .help = "fail a product that moves its bytes at less than this share of the copy bandwidth"},
	{.name = "report",
	 .value = "[FORM=]FILE",
	 .help = "also write the report: FILE.xml (JUnit), .json, .tap, .html or .txt, or FORM=FILE (repeatable)",
	 .repeatable = true},
};

const struct cmd cmd_test = {
	.name = "test",
	.summary = "proves built images: by their bytes, by imports, versions and CPU numerics, then by the GPU probe",
	.about =
		"Reads each image's bytes as `inspect` does and holds them against the plan and its targets (the "
		"static "
		"level; --static is that alone), and meanwhile runs one locked-down container per image (no network, "
		"read-only, no capabilities). In it a compiled "
		"CUDA sparse matrix multiplication is checked on every visible GPU "
		"through the driver, and the image's interpreter imports the packages, compares versions and "
		"torch_sparse's numerics with dense ones.\n\n"
		"On a GPU the probe multiplies sparse matrices of fp16, bf16, fp32 and fp64 with 32- and 64-bit "
		"indices, "
		"by a warp for each row (gpu.spmm.*) and by a block for each row (gpu.spmm.*.long): whole numbers bit "
		"for "
		"bit, real ones within the bound of any order of summation, results poisoned, canaries around every "
		"buffer. Universal kernels run in any image (ptx); those that the image's own nvcc compiled, where it "
		"has them, beside them (image). Every CUDA runtime and cuSPARSE that lies in the image is opened where "
		"it lies: the checks `cudart` and `cusparse` record versions and codes, and cuSPARSE computes a "
		"product "
		"on every GPU; without one they are opened and skip. Images for amd64 and arm64 have a probe.\n\n"
		"A host that shows no NVIDIA device gives `skipped (no GPU)`, exit 0, and says so; with --require-gpu "
		"that is exit 6. A device that the container does not get is an error.\n\n"
		"With -j and several GPUs on this machine, or with ids in --gpus, each image is proved on its own part "
		"of them, so that no two use one at the same time, and no more images at once than GPUs; --gpus all on "
		"an engine elsewhere shares nothing out. Ctrl-C ends the containers and leaves nothing behind; what a "
		"killed run "
		"left "
		"is removed by the next.\n\n"
		"-v and the reports tell where the time went, from the engine's first answer to the verdict.\n\n"
		"--bench measures the kernels and the image's cuSPARSE after they were proved: 25 runs of each with a "
		"cold cache, on a problem as large as six tenths of the free memory allow. It prints the median, the "
		"fastest run and the 95th of 100, the bytes that any way of computing it must move, and what share of "
		"a "
		"copy's bandwidth, measured on the same device, they move at. Nothing fails by being slow unless "
		"--floor "
		"says so; --baseline warns of what became slower by more than the noise of both runs.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
};
