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
		"Reads a virtual environment, a site-packages folder, a root directory, or an image, and checks what "
		"will fail where it runs: which CUDA version torch and each extension were really built for, whether "
		"torch has the symbols that they ask for, the C++ ABI, the C library, every library that the loader "
		"would look for, kernels and PTX for the GPU, the driver, and how containers of it start. Nothing is "
		"started, nothing is extracted, nothing is stored.\n\n"
		"An image is a file that `docker save` or `podman save` wrote (of any age; - is standard input), an "
		"OCI "
		"layout as a folder or archive, or a name. A name is looked for in the container engine, then in its "
		"registry, whose layers are read as they come from the network; what was taken is printed. Without an "
		"engine the registry is asked; --offline asks none; a name without a / is the engine's alone. A scheme "
		"says where: docker-archive:PATH[:NAME], oci-archive:PATH[:NAME], oci:PATH[:NAME], docker-daemon:NAME "
		"(the engine), docker://NAME (the registry), http://HOST/NAME (a registry without TLS). Of several "
		"images in an archive NAME is the one; of an image for several platforms this machine's is taken, or "
		"that of --platform.\n\n"
		"Each finding names the file that shows it. With a GPU, a compute capability or a driver the first "
		"lines "
		"are the verdict for it; without, what is independent of the machine is judged. The manifest counts "
		"only "
		"with -f or --target: then its targets are the ones. The last part says what was seen: packages, a "
		"table of device code, and where the bytes are, by package and by layer; -v shows all packages, "
		"passing checks, and how each CUDA version is known.\n\n"
		"Codes of failures: cuda-major-mismatch, cuda-minor-mismatch, extension-cpu-only, "
		"torch-version-mismatch, cxx11-abi-mismatch, missing-cuda-library, missing-library, glibc-too-old, "
		"libstdcxx-too-old, platform-unsupported, python-unsupported, missing-torch, "
		"missing-torch-scatter, missing-dependency, extension-not-compiled, package-incomplete, "
		"library-broken, "
		"driver-stub, driver-file-empty, arch-not-covered, ptx-too-new-for-driver, driver-too-old, "
		"compression-too-new, "
		"driver-refused-by-image, torch-cpu-only, no-compute-capability, label-mismatch, plan-mismatch. Of "
		"warnings: witnesses-disagree, two-cuda-majors, duplicate-cuda-library, several-torches, "
		"jit-at-first-use, compat-in-path, driver-in-image, ld-library-path, preload, onbuild, gpu-hidden, "
		"ld-cache-stale, not-looked-at, cuda-unknown.\n\n"
		"Checks of how containers start: config.library-path, config.preload, config.onbuild, config.user, "
		"config.entrypoint, config.volumes, config.nvidia-visible-devices, config.cuda-visible-devices, "
		"config.nvidia-capabilities, config.nvidia-disable-require; an image with cudabuild's labels is held "
		"against them: label.NAME. `build` and `test` hold it against the plan: plan.PACKAGE, "
		"plan.archs.PACKAGE, plan.cuda, plan.python, plan.pip, plan.platform, plan.label.NAME, plan.env.NAME, "
		"plan.user, plan.workdir, plan.command, plan.entrypoint, image.lock.\n\n"
		"JSON (--format json, --report FILE.json): {\"schema\", \"checks\": [...], \"targets\": [...], "
		"\"packages\": "
		"[...], \"images\": [...], \"summary\"}, for one image and for several alike: each row of the first "
		"three "
		"names its image by \"subject\"; images has one row per image.\n\n"
		"Exit code 0: no check failed; 1: at least one did; 3: a registry that cannot be asked, or bytes that "
		"are "
		"broken or not what their digest says; 5: something may not be read (files.access), while nothing else "
		"failed.",
	.opts = opts,
	.nopts = ARRAY_LEN(opts),
};
