#include "cli/cmd.h"

static const struct opt opts[] = {
	{.name = "gpu", .value = "NAME", .help = "the GPU that it is to run on"},
	{.name = "compute", .value = "X.Y", .help = "its compute capability, in place of a name"},
	{.name = "driver", .value = "VERSION", .help = "the driver that it is to run with"},
	{.name = "target",
	 .value = "NAME",
	 .help = "a target of the manifest, in place of the above (repeatable)",
	 .repeatable = true},
	{.name = "platform",
	 .value = "OS/ARCH",
	 .help = "of an image for several, which: linux/arm64 (default: this machine's)"},
	{.name = "report",
	 .value = "FILE",
	 .help = "also write the report: FILE.json .txt .xml .tap .html, or FORMAT=FILE (repeatable)",
	 .repeatable = true},
};

const struct cmd cmd_inspect = {
	.name = "inspect",
	.summary = "says what is wrong with an image or environment by reading its bytes: no GPU, nothing started",
	.operands = "IMAGE|PATH...",
	.about =
		"Reads a virtual environment, a site-packages folder or a root directory; an image as `docker save` "
		"wrote "
		"it (- is standard input) or as an OCI layout, archive or folder; or an image of the container engine. "
		"It checks what will fail "
		"where it runs: which CUDA version torch and each extension were really built for, whether torch has "
		"the "
		"symbols that they ask for, the C++ ABI, the C library, every library that the loader would look for, "
		"kernels and PTX for the GPU, and the driver. Nothing is started and nothing is extracted.\n\n"
		"Each finding names the file that shows it. With a GPU, a compute capability or a driver the first "
		"lines "
		"are the verdict for it; without, what is independent of the machine is judged. The manifest counts "
		"only "
		"with -f or --target: then its targets are the ones.\n\n"
		"Codes of failures: cuda-major-mismatch, cuda-minor-mismatch, extension-cpu-only, "
		"torch-version-mismatch, cxx11-abi-mismatch, missing-cuda-library, missing-library, glibc-too-old, "
		"libstdcxx-too-old, platform-unsupported, python-unsupported, missing-torch, no-torch-family, "
		"missing-torch-scatter, missing-dependency, extension-not-compiled, package-incomplete, "
		"library-broken, "
		"driver-stub, arch-not-covered, ptx-too-new-for-driver, driver-too-old, compression-too-new, "
		"driver-refused-by-image, torch-cpu-only, no-compute-capability, label-mismatch, plan-mismatch. Of "
		"warnings: witnesses-disagree, "
		"two-cuda-majors, duplicate-cuda-library, several-torches, jit-at-first-use, compat-in-path, "
		"driver-in-image, ld-library-path, preload, onbuild, gpu-hidden, cuda-unknown.\n\n"
		"JSON (--format json, --report FILE.json): {\"schema\", \"checks\": [...], \"targets\": [...], "
		"\"packages\": "
		"[...], \"images\": [...], \"summary\"}, for one image and for several alike: each row of the first "
		"three "
		"names its image by \"subject\"; images has one row per image.\n\n"
		"Exit code 0: no check failed; 1: at least one did.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
};
