#include "intake/failure.h"
#include "intake/failure_words.h"

const struct failure failures_container[] = {
	/* --- the container runtime (GPU facts, 10) */
	{.id = "GPU facts 10",
	 .pattern = "unsatisfied condition: cuda >= {v}",
	 .code = "driver-refused-by-image",
	 .refine = REFINE_REQUIRE,
	 .because = "the image's NVIDIA_REQUIRE_CUDA asks for a driver of CUDA {1}; the container hook refuses even "
		    "drivers that minor-version compatibility would allow",
	 .proof = "docker image inspect shows NVIDIA_REQUIRE_CUDA; " SHOW_SMI,
	 .fix = "a newer driver; where its CUDA major is the same, NVIDIA_DISABLE_REQUIRE=1, or an image that states "
		"what it really needs"},
	{.id = "GPU facts 10",
	 .pattern = "unsatisfied condition: brand = ",
	 .code = "driver-refused-by-image",
	 .because = "the image's NVIDIA_REQUIRE_CUDA allows older drivers on data-center GPUs only, and this is none "
		    "with such a driver",
	 .proof = "docker image inspect shows NVIDIA_REQUIRE_CUDA; " SHOW_SMI,
	 .fix = "a newer driver; where its CUDA major is the same, NVIDIA_DISABLE_REQUIRE=1"},
	{.id = "GPU facts 10",
	 .pattern = "This container was built for NVIDIA Driver Release {v} or later, but version {v} was detected",
	 .code = "driver-too-old",
	 .because = "the image is made for driver {1} and newer, the host has {2}",
	 .proof = SHOW_SMI,
	 .fix = "a newer driver, or the image's release for an older CUDA"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "could not select device driver|unknown or invalid runtime name: nvidia|"
		    "Unknown runtime specified nvidia|exec: 'nvidia-container-runtime': executable file not found|"
		    "exec: 'nvidia-container-runtime-hook': executable file not found",
	 .code = "no-driver",
	 .because = "the engine has no NVIDIA container runtime",
	 .proof = "nvidia-ctk --version; docker info shows the runtimes",
	 .fix = TOOLKIT},
	{.id = "CUDA 35, driver 0",
	 .pattern = "unresolvable CDI devices nvidia.com|failed to inject CDI devices",
	 .code = "no-driver",
	 .because = "the engine finds no CDI description of the GPUs",
	 .proof = "nvidia-ctk cdi list; ls /etc/cdi /var/run/cdi",
	 .fix = "nvidia-ctk cdi generate --output=/etc/cdi/nvidia.yaml, again after each driver update"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "nvidia-container-cli: initialization error: {w} error: driver not loaded|"
		    "nvidia-container-cli: initialization error: driver error|"
		    "nvidia-container-cli.real: initialization error: {w} error: driver not loaded|"
		    "nvidia-container-cli.real: initialization error: driver error|"
		    "nvidia-container-cli.real: initialization error: load library failed: libcuda|"
		    "nvidia-container-cli: initialization error: load library failed: libcuda",
	 .code = "no-driver",
	 .because = "the host has no NVIDIA driver, or its kernel module is not loaded",
	 .proof = "nvidia-smi on the host; lsmod | grep nvidia",
	 .fix = "install or load the driver on the host; an engine in a virtual machine or as a snap does not see it"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "The NVIDIA Driver was not detected. GPU functionality will not be available|"
		    "Could not find any nv files on this host",
	 .code = "no-driver",
	 .rank = CAUSE_WARNS,
	 .because = "there is no driver in the container: it was started without a GPU",
	 .proof = SHOW_DEV,
	 .fix = START_IT},
	{.id = "CUDA 100",
	 .pattern = "nvidia-container-cli: device error: {*}unknown device",
	 .code = "no-device",
	 .because = "the container asks for a GPU that the host does not have",
	 .proof = "nvidia-smi -L on the host",
	 .fix = "correct --gpus or NVIDIA_VISIBLE_DEVICES"},
	{.id = "CUDA 100",
	 .pattern = "Insufficient nvidia.com/gpu",
	 .code = "no-device",
	 .because = "no node of the cluster has the GPUs that the pod asks for, or the device plugin does not run",
	 .proof = "kubectl describe nodes | grep nvidia.com/gpu",
	 .fix = "ask for fewer GPUs, wait until some are free, or install NVIDIA's device plugin"},
	{.id = "CUDA 303",
	 .pattern = "nvidia-container-cli: container error: cgroup subsystem devices not found",
	 .code = "container-runtime-too-old",
	 .because = "the container toolkit on the host is older than its cgroup version 2",
	 .proof = "nvidia-container-cli --version; stat -f -c %T /sys/fs/cgroup",
	 .fix = "nvidia-container-toolkit 1.8.0 or newer"},
	{.id = "CUDA 35, empty file",
	 .pattern = "nvidia-container-cli: mount error: file creation failed: {s}: file exists",
	 .code = "driver-in-image",
	 .because = "the image itself holds driver files where the container runtime has to put the host's: they came "
		    "in by installing a driver in the image, or by building it under the NVIDIA runtime",
	 .proof = "the path in the message; cudabuild inspect names libcuda* and libnvidia* of the image",
	 .fix = "remove libcuda* and libnvidia* from the image, and build it with the plain runtime"},
	{.id = "CUDA 303",
	 .pattern = "nvidia-container-cli: ldcache error",
	 .code = "driver-not-usable",
	 .because = "the container toolkit cannot run the host's ldconfig, or the image's folders hinder it",
	 .proof = "grep ldconfig /etc/nvidia-container-runtime/config.toml; ls -l /sbin/ldconfig*",
	 .fix = "set ldconfig in that file to the host's (@/sbin/ldconfig, on Ubuntu @/sbin/ldconfig.real)"},

	/* --- images (compatibility, 8.11) */
	{.id = "compatibility 8.11",
	 .pattern = "manifest for {s} not found|reading manifest {s} in {s}: manifest unknown|"
		    "failed to resolve source metadata for {s}: {s}: not found|failed to solve: {s}: {s}: not found|"
		    "failed to solve: {s}: failed to resolve source metadata for {s}: {s}: not found|"
		    "pull access denied for {s}, repository does not exist",
	 .code = "base-tag-missing",
	 .refine = REFINE_IMAGE,
	 .because = "the registry has no image {1}: NVIDIA has removed many tags (10.x, and those without a patch "
		    "number) from Docker Hub, and there is no tag latest",
	 .proof = "docker manifest inspect of that name; cudabuild catalog show tags",
	 .fix = "a tag that is there (nvidia/cuda:11.8.0-devel-ubuntu22.04: with patch number and OS), the same tag at "
		"nvcr.io/nvidia/cuda, or cudabuild explain --dockerfile, which names the nearest"},
	{.id = "registries",
	 .pattern = "NO_PUBKEY A4B469963BF863CC",
	 .code = "apt-key-rotated",
	 .because = "NVIDIA changed the key of its package lists on 2022-04-27; the image is older and has the old one",
	 .proof = "ls /etc/apt/sources.list.d in the image: cuda.list, nvidia-ml.list",
	 .fix = "before apt-get update: rm -f /etc/apt/sources.list.d/cuda*.list "
		"/etc/apt/sources.list.d/nvidia-ml*.list; or a newer patch of the image"},
	{.id = "compatibility 1.1",
	 .pattern = "exec format error|no matching manifest for linux/",
	 .code = "platform-mismatch",
	 .because = "the image, or a program in it, is made for another processor than this machine has",
	 .proof = "uname -m; docker image inspect --format '{{.Architecture}}'",
	 .fix = "build or pull it with --platform of this machine; there are CUDA wheels of the extensions for "
		"linux/amd64 alone"},
	{.pattern = NULL},
};
