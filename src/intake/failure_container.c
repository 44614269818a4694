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
	 .pattern = "initialization error: {w} error: driver not loaded|"
		    "initialization error: driver error: failed|initialization error: driver error: unknown|"
		    "initialization error: load library failed: libcuda",
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
	{.id = "CUDA 35, driver 0",
	 .pattern = "fork/exec {s}nvidia-container-runtime: no such file or directory|"
		    "stat {s}nvidia-container-runtime-hook: no such file or directory|"
		    "no runtime for 'nvidia' is configured|RuntimeHandler 'nvidia' not supported",
	 .code = "no-driver",
	 .because = "the engine is told to use the NVIDIA container runtime, and it is not installed or not configured",
	 .proof = "which nvidia-container-runtime; /etc/docker/daemon.json or containerd's config.toml",
	 .fix = TOOLKIT " (--runtime=containerd on a node of Kubernetes)"},
	{.id = "CUDA 35, driver 0",
	 .pattern =
		 "did you configure the NVIDIA Container Toolkit?|did you set the docker default runtime to 'nvidia'?",
	 .code = "no-driver",
	 .rank = CAUSE_FOLLOWS,
	 .because = "NVIDIA's device plugin sees no driver on this node: its own container was started without the "
		    "NVIDIA runtime, or the node has no driver",
	 .proof = "nvidia-smi on the node; the default runtime in containerd's config.toml or docker info",
	 .fix = "install driver and container toolkit on the node, nvidia-ctk runtime configure --set-as-default, "
		"restart "
		"the engine"},
	{.id = "CUDA 803",
	 .pattern = "nvml error: driver/library version mismatch",
	 .code = "driver-mismatch",
	 .because = "the host's driver was updated while its kernel module of the release before is still loaded",
	 .proof = "nvidia-smi on the host; cat /proc/driver/nvidia/version",
	 .fix = "restart the host, or unload and load the nvidia kernel modules"},
	{.id = "CUDA 303",
	 .pattern = "nvml error: unknown error|nvml error: insufficient permissions|"
		    "initialization error: driver error: timed out|initialization error: driver rpc error: timed out|"
		    "nvidia-container-cli: mount error: stat failed: /dev/nvidia|"
		    "nvidia-container-cli.real: mount error: stat failed: /dev/nvidia",
	 .code = "driver-not-usable",
	 .because = "the host's driver does not answer the container toolkit: a lost GPU, device files that are not "
		    "there, or a toolkit older than the driver",
	 .proof = "nvidia-smi and ls -l /dev/nvidia* on the host; nvidia-container-cli -k -d /dev/tty info",
	 .fix = "mend what nvidia-smi says on the host (nvidia-modprobe -u -c=0, nvidia-persistenced, a restart), then "
		"update nvidia-container-toolkit"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "Command not found: nvidia-container-cli",
	 .code = "no-driver",
	 .because = "enroot runs the NVIDIA container tools, and they are not installed on this node",
	 .proof = "which nvidia-container-cli, on the node",
	 .fix = "install libnvidia-container-tools on every GPU node"},
	{.id = "CUDA 303",
	 .pattern = "run/nvidia-persistenced/socket: no such device or address|"
		    "run/nvidia-persistenced/socket: operation not permitted|"
		    "run/nvidia-persistenced/socket: permission denied",
	 .code = "driver-not-usable",
	 .because = "the socket of nvidia-persistenced cannot be put into the container: the daemon has ended and left "
		    "it behind, or the engine runs inside a container itself",
	 .proof = "systemctl status nvidia-persistenced; ls -l /run/nvidia-persistenced",
	 .fix = "restart nvidia-persistenced on the host or remove the socket; inside a pod a container toolkit that "
		"is "
		"told --no-persistenced"},
	{.id = "CUDA 303",
	 .pattern = "98-nvidia.sh exited with return code",
	 .code = "driver-not-usable",
	 .rank = CAUSE_FOLLOWS,
	 .alone = true,
	 .because = "enroot's hook for NVIDIA's driver failed",
	 .proof = "the lines before it; nvidia-container-cli -k -d /dev/tty info on that node",
	 .fix = "mend what they say; where nothing is said, nvidia-smi on that node"},
	{.id = "CUDA 303",
	 .pattern = "failed to add device rules:",
	 .code = "driver-not-usable",
	 .because = "the container toolkit may not write the container's device rules: a rootless engine, or a toolkit "
		    "older than the host's cgroups",
	 .proof = "nvidia-container-cli --version; docker info shows rootless and the cgroup version",
	 .fix = "no-cgroups = true in /etc/nvidia-container-runtime/config.toml for a rootless engine, CDI, or a newer "
		"nvidia-container-toolkit"},
	{.id = "CUDA 100",
	 .pattern = "WSL environment detected but no adapters were found",
	 .code = "no-device",
	 .because = "WSL shows no GPU: Windows has no NVIDIA driver for it, or WSL is version 1",
	 .proof = "nvidia-smi in Windows; ls /dev/dxg /usr/lib/wsl/lib",
	 .fix = "the driver in Windows (none inside WSL), wsl --update, version 2"},
	{.id = "GPU facts 10",
	 .pattern = "unsatisfied condition: arch >= {v}",
	 .code = "arch-not-covered",
	 .because = "the image is made for GPUs of capability {1} and newer",
	 .proof = "docker image inspect shows NVIDIA_REQUIRE_CUDA or NVIDIA_REQUIRE_ARCH; nvidia-smi -L",
	 .fix = "another machine, or an image of an older CUDA"},
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
		    "pull access denied for {s}, repository does not exist|GET https://{s}: MANIFEST_UNKNOWN",
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
	{.id = "registries",
	 .pattern = "toomanyrequests: You have reached your",
	 .code = "registry-rate-limit",
	 .because = "Docker Hub limits pulls by address and account, and the limit is reached",
	 .proof = "who else pulls from this address; docker login",
	 .fix = "docker login, a mirror of your own, or the same tag at nvcr.io/nvidia/cuda"},
	{.id = "compatibility 1.1",
	 .pattern = "Error loading shared library ld-linux-x86-64.so.2: No such file|"
		    "Error loading shared library ld-linux-aarch64.so.1: No such file|"
		    "Error relocating {*}torch{s}: {w}: symbol not found",
	 .code = "platform-mismatch",
	 .because = "the wheels are made for glibc, and this system (Alpine, mostly) has musl",
	 .proof = "ldd --version",
	 .fix = "a base of Debian, Ubuntu or the like: no wheel of torch or its extensions is for musl"},
	{.id = "compatibility 1.1",
	 .pattern = "incompatible architecture (have '{w}', need '{w}')|"
		    "incompatible architecture (have '{w}', need '{w}' or",
	 .code = "platform-mismatch",
	 .needs = WITNESS_TORCH,
	 .because = "the library is made for {1}, and this Python is {2}",
	 .proof = "file on that library; python -c \"import platform; print(platform.machine())\"",
	 .fix = "install it again with the Python that runs it, or compile it there: pip install --no-cache-dir "
		"--force-reinstall --no-build-isolation"},
	{.id = "compatibility 1.1",
	 .pattern = "exec format error|no matching manifest for linux/",
	 .code = "platform-mismatch",
	 .because = "the image, or a program in it, is made for another processor than this machine has",
	 .proof = "uname -m; docker image inspect --format '{{.Architecture}}'",
	 .fix = "build or pull it with --platform of this machine; there are CUDA wheels of the extensions for "
		"linux/amd64 alone"},
	{.pattern = NULL},
};
