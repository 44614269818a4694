#include "intake/failure.h"
#include "intake/failure_words.h"

const struct failure failures_gpu[] = {
	/* --- the driver and the GPU (GPU facts, 10 and 11) */
	{.id = "E12",
	 .pattern = "no kernel image is available for execution on the device|"
		    "cudaErrorNoKernelImageForDevice|"
		    "CUDA_ERROR_NO_BINARY_FOR_GPU",
	 .code = "arch-not-covered",
	 .because = NO_KERNEL,
	 .proof = SHOW_ARCHS "; cuobjdump --list-elf on the extension's .so",
	 .fix = GPU_FIX},
	{.id = "CUDA 98",
	 .pattern = "invalid device function|"
		    "cudaErrorInvalidDeviceFunction",
	 .code = "arch-not-covered",
	 .because = "the kernel is not in this module for this GPU's architecture",
	 .proof = SHOW_ARCHS,
	 .fix = "compile with TORCH_CUDA_ARCH_LIST naming its capability, or a wheel that has it"},
	{.id = "CUDA 200",
	 .pattern = "device kernel image is invalid|"
		    "cudaErrorInvalidKernelImage|"
		    "CUDA_ERROR_INVALID_IMAGE",
	 .code = "invalid-kernel-image",
	 .because =
		 "the kernels are compressed with zstd, which drivers before 550 cannot read, or the file is corrupt",
	 .proof = SHOW_SMI "; cudabuild inspect shows compressed code",
	 .fix = "driver 550.54.14 or newer, or compile with --compress-mode=none"},
	{.id = "CUDA 222",
	 .pattern = "the provided PTX was compiled with an unsupported toolchain|"
		    "cudaErrorUnsupportedPtxVersion|"
		    "CUDA_ERROR_UNSUPPORTED_PTX_VERSION",
	 .code = "ptx-too-new-for-driver",
	 .because = "the GPU is served through PTX of a toolkit newer than the driver: minor-version compatibility "
		    "does not "
		    "cover its compiler",
	 .proof = SHOW_SMI,
	 .fix = "a driver of that toolkit, an older CUDA variant, or machine code for this GPU (TORCH_CUDA_ARCH_LIST)"},
	{.id = "CUDA 35",
	 .pattern = "The NVIDIA driver on your system is too old (found version {v})",
	 .code = "driver-too-old",
	 .refine = REFINE_DRIVER,
	 .because = "the driver's CUDA is {1}, older than the major that torch is built for",
	 .proof = SHOW_SMI,
	 .fix = "a newer driver, or a variant for an older CUDA"},
	{.id = "CUDA 35",
	 .pattern = "CUDA driver version is insufficient for CUDA runtime version|"
		    "cudaErrorInsufficientDriver",
	 .code = "driver-too-old",
	 .because = "the driver is older than the runtime's CUDA major, or there is none in the container",
	 .proof = SHOW_SMI "; no /dev/nvidiactl in the container means no driver at all",
	 .fix = DRIVER_FIX},
	{.id = "CUDA 36",
	 .pattern = "API call is not supported in the installed CUDA driver|"
		    "cudaErrorCallRequiresNewerDriver",
	 .code = "driver-too-old",
	 .because = "a call that is newer than the driver: a hole of minor-version compatibility",
	 .proof = SHOW_SMI,
	 .fix = "a newer driver"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "Found no NVIDIA driver on your system",
	 .code = "no-driver",
	 .because = "there is no driver in the container: libcuda.so.1 cannot be loaded",
	 .proof = SHOW_DEV,
	 .fix = START_IT},
	{.id = "CUDA 35, driver 0",
	 .pattern = "libcuda.so.1: cannot open shared object file",
	 .code = "no-driver",
	 .because = "libcuda.so.1 belongs to the driver and is put in by the container runtime: it was not",
	 .proof = SHOW_DEV,
	 .fix = START_IT},
	{.id = "CUDA 35, empty file",
	 .pattern = "libcuda.so{w}: file too short|libnvidia-ml.so{w}: file too short",
	 .code = "driver-file-empty",
	 .because = "an empty driver file was baked into the image by building it under the NVIDIA runtime",
	 .proof = "ls -l of libcuda* and libnvidia* in the image: size 0",
	 .fix = "build the image with the plain runtime"},
	{.id = "CUDA 34",
	 .pattern = "CUDA driver is a stub library|"
		    "libnvidia-ml.so in GDK package is a stub library|"
		    "cudaErrorStubLibrary|"
		    "CUDA_ERROR_STUB_LIBRARY",
	 .code = "driver-stub",
	 .because = "the toolkit's stub of libcuda is found before the driver's",
	 .proof = "echo $LD_LIBRARY_PATH; grep -r stubs /etc/ld.so.conf.d",
	 .fix = "take /usr/local/cuda/lib64/stubs out of LD_LIBRARY_PATH and ld.so.conf"},
	{.id = "CUDA 46",
	 .pattern = "CUDA-capable device(s) is/are busy or unavailable|"
		    "all CUDA-capable devices are busy or unavailable|"
		    "cudaErrorDevicesUnavailable|"
		    "CUDA_ERROR_DEVICE_UNAVAILABLE",
	 .code = "device-busy",
	 .because = "another process holds the GPU, or it is in exclusive mode",
	 .proof = "nvidia-smi: processes and compute mode",
	 .fix = "free the GPU or choose another"},
	{.id = "CUDA 100",
	 .pattern = "no CUDA-capable device is detected|"
		    "No CUDA GPUs are available|"
		    "cudaErrorNoDevice|"
		    "CUDA_ERROR_NO_DEVICE",
	 .code = "no-device",
	 .because = "the driver is there and shows no GPU: CUDA_VISIBLE_DEVICES, MIG without an instance, or a cgroup",
	 .proof = "nvidia-smi -L; echo $CUDA_VISIBLE_DEVICES",
	 .fix = "correct CUDA_VISIBLE_DEVICES or the GPU request of container or job"},
	{.id = "CUDA 2",
	 .pattern = "CUDA out of memory|"
		    "CUDA error: out of memory|"
		    "Error 2: out of memory|"
		    "cudaErrorMemoryAllocation|"
		    "CUDA_ERROR_OUT_OF_MEMORY",
	 .code = "out-of-memory",
	 .because = "the GPU's memory is taken",
	 .proof = "nvidia-smi: memory and processes",
	 .fix = "smaller batches, or a GPU that is free; the image is not to blame"},
	{.id = "CUDA 214",
	 .pattern = "uncorrectable ECC error encountered|"
		    "cudaErrorECCUncorrectable|"
		    "CUDA_ERROR_ECC_UNCORRECTABLE",
	 .code = "hardware-fault",
	 .because = "the GPU's memory is faulty",
	 .proof = "nvidia-smi -q -d ECC,ROW_REMAPPER; Xid lines in dmesg",
	 .fix = "take the node out of service"},
	{.id = "CUDA 220",
	 .pattern = "uncorrectable NVLink error|"
		    "cudaErrorNvlinkUncorrectable|"
		    "CUDA_ERROR_NVLINK_UNCORRECTABLE",
	 .code = "hardware-fault",
	 .because = "NVLink is faulty",
	 .proof = "nvidia-smi nvlink -e; Xid lines in dmesg",
	 .fix = "take the node out of service"},
	{.id = "CUDA 226",
	 .pattern = "Invalid access of peer GPU memory over nvlink or a hardware error|"
		    "cudaErrorContained|"
		    "CUDA_ERROR_CONTAINED",
	 .code = "hardware-fault",
	 .because = "the GPU reports a contained fault",
	 .proof = "Xid lines in dmesg",
	 .fix = "take the node out of service"},
	{.id = "CUDA 700",
	 .pattern = "an illegal memory access was encountered|"
		    "cudaErrorIllegalAddress|"
		    "CUDA_ERROR_ILLEGAL_ADDRESS",
	 .code = "illegal-address",
	 .because = "a kernel touched memory that is not its own: wrong indices, 32-bit index limits of torch_sparse, "
		    "or a "
		    "faulty node",
	 .proof = "CUDA_LAUNCH_BLOCKING=1 or compute-sanitizer names the kernel; Xid lines in dmesg",
	 .fix = "check the indices; torch_sparse needs rows * columns and non-zeros below 2^31"},
	{.id = "CUDA 716",
	 .pattern = "CUDA error: misaligned address|"
		    "cudaErrorMisalignedAddress|"
		    "CUDA_ERROR_MISALIGNED_ADDRESS",
	 .code = "illegal-address",
	 .because = "a kernel touched memory that is not aligned",
	 .proof = "CUDA_LAUNCH_BLOCKING=1 or compute-sanitizer names the kernel",
	 .fix = "a newer release of the package whose kernel it is; contiguous tensors"},
	{.id = "CUDA 715",
	 .pattern = "CUDA error: an illegal instruction was encountered|"
		    "cudaErrorIllegalInstruction|"
		    "CUDA_ERROR_ILLEGAL_INSTRUCTION",
	 .code = "launch-failed",
	 .because = "a kernel broke off at an instruction that the GPU does not know: code of another architecture, or "
		    "a faulty node",
	 .proof = SHOW_ARCHS "; Xid lines in dmesg",
	 .fix = "code for this GPU (TORCH_CUDA_ARCH_LIST), try another node"},
	{.id = "CUDA 701",
	 .pattern = "too many resources requested for launch|"
		    "cudaErrorLaunchOutOfResources|"
		    "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
	 .code = "launch-failed",
	 .because = "a kernel needs more registers or threads than this GPU has",
	 .proof = "CUDA_LAUNCH_BLOCKING=1 names the kernel",
	 .fix = "a build of that package for this GPU's architecture"},
	{.id = "CUDA 702",
	 .pattern = "the launch timed out and was terminated|"
		    "cudaErrorLaunchTimeout|"
		    "CUDA_ERROR_LAUNCH_TIMEOUT",
	 .code = "hang",
	 .because = "a watchdog ended the kernel: the GPU drives a display, or is overloaded",
	 .proof = "nvidia-smi: Disp.A and processes",
	 .fix = "a GPU without a display, or smaller batches"},
	{.id = "CUDA 714",
	 .pattern = "hardware stack error|"
		    "cudaErrorHardwareStackError|"
		    "CUDA_ERROR_HARDWARE_STACK_ERROR",
	 .code = "hardware-fault",
	 .because = "the GPU reports a fault of its stack",
	 .proof = "Xid lines in dmesg",
	 .fix = "try another node; take this one out of service if it stays"},
	{.id = "CUDA 719",
	 .pattern = "unspecified launch failure|"
		    "cudaErrorLaunchFailure|"
		    "CUDA_ERROR_LAUNCH_FAILED",
	 .code = "launch-failed",
	 .because = "a kernel broke off: wrong indices or a faulty node",
	 .proof = "CUDA_LAUNCH_BLOCKING=1 or compute-sanitizer names the kernel; Xid lines in dmesg",
	 .fix = "check the indices, try another node"},
	{.id = "CUDA 218",
	 .pattern = "a PTX JIT compilation failed|"
		    "cudaErrorInvalidPtx|"
		    "CUDA_ERROR_INVALID_PTX",
	 .code = "invalid-ptx",
	 .because =
		 "the GPU is served through PTX, and the driver's compiler refuses it: PTX for a newer GPU than this "
		 "one, or newer than the driver",
	 .proof = SHOW_SMI "; " SHOW_ARCHS,
	 .fix = "machine code for this GPU (TORCH_CUDA_ARCH_LIST naming its capability), or a newer driver"},
	{.id = "CUDA 221",
	 .pattern = "PTX JIT compiler library not found|"
		    "cudaErrorJitCompilerNotFound|"
		    "CUDA_ERROR_JIT_COMPILER_NOT_FOUND",
	 .code = "jit-missing",
	 .because = "libnvidia-ptxjitcompiler is not in the container, and the GPU is served through PTX",
	 .proof = "ldconfig -p | grep ptxjit inside the container",
	 .fix = "NVIDIA_DRIVER_CAPABILITIES=compute,utility, or machine code for this GPU"},
	{.id = "CUDA 223",
	 .pattern = "PTX JIT compilation was disabled|"
		    "cudaErrorJitCompilationDisabled|"
		    "CUDA_ERROR_JIT_COMPILATION_DISABLED",
	 .code = "jit-disabled",
	 .because = "CUDA_DISABLE_PTX_JIT is set, and the GPU is served through PTX",
	 .proof = "echo $CUDA_DISABLE_PTX_JIT",
	 .fix = "unset it, or use machine code for this GPU"},
	{.id = "CUDA 303",
	 .pattern = "shared object initialization failed|"
		    "cudaErrorSharedObjectInitFailed|"
		    "CUDA_ERROR_SHARED_OBJECT_INIT_FAILED",
	 .code = "driver-not-usable",
	 .because = "a library of the driver cannot start: the container lacks files of the driver",
	 .proof = SHOW_DEV,
	 .fix = "start it through the NVIDIA container toolkit, of the host driver's files"},
	{.id = "CUDA 304",
	 .pattern = "OS call failed or operation not supported on this OS|"
		    "cudaErrorOperatingSystem|"
		    "CUDA_ERROR_OPERATING_SYSTEM",
	 .code = "driver-not-usable",
	 .because = "the system refuses the driver: device files, seccomp profile or an old kernel",
	 .proof = SHOW_DEV,
	 .fix = "start it through the NVIDIA container toolkit, with the default seccomp profile"},
	{.id = "CUDA 3",
	 .pattern = "CUDA error: initialization error|"
		    "Error 3: initialization error|"
		    "cudaErrorInitializationError|"
		    "CUDA_ERROR_NOT_INITIALIZED|"
		    "cudaGetDeviceCount returned 3 -> initialization error",
	 .code = "driver-not-usable",
	 .because = "the container lacks /dev/nvidiactl or /dev/nvidia-uvm, or CUDA was used before a fork",
	 .proof = SHOW_DEV,
	 .fix = "start it through the NVIDIA container toolkit; multiprocessing with start method spawn"},
	{.id = "CUDA 999",
	 .pattern = "CUDA unknown error|"
		    "Error 999: unknown error|"
		    "cuda runtime error (30) : unknown error|"
		    "cuda runtime error (999) : unknown error|"
		    "CUDA_ERROR_UNKNOWN|"
		    "cudaErrorUnknown",
	 .code = "driver-not-usable",
	 .because = "the driver could not be started: /dev/nvidia-uvm is missing, or the environment was changed after "
		    "start",
	 .proof = SHOW_DEV "; nvidia-modprobe -u -c=0 on the host",
	 .fix = "load nvidia-uvm on the host; a restart of the driver often helps"},
	{.id = "CUDA 500",
	 .pattern = "Error 500: named symbol not found",
	 .code = "driver-not-usable",
	 .because = "the driver's libraries in the container and the driver of the host do not belong together: mostly "
		    "Windows' driver 555 or newer under an older Docker Desktop",
	 .proof = "nvidia-smi on the host; nvidia-ctk --version, or the version of Docker Desktop",
	 .fix = "a newer container toolkit (Docker Desktop 4.31 or newer), then restart the engine"},
	{.id = "CUDA 802",
	 .pattern = "system not yet initialized|"
		    "cudaErrorSystemNotReady|"
		    "CUDA_ERROR_SYSTEM_NOT_READY",
	 .code = "system-not-ready",
	 .because = "the fabric manager of an NVSwitch machine is not running",
	 .proof = "systemctl status nvidia-fabricmanager",
	 .fix = "start nvidia-fabricmanager, in the driver's version"},
	{.id = "CUDA 803",
	 .pattern = "system has unsupported display driver / cuda driver combination|"
		    "cudaErrorSystemDriverMismatch|"
		    "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH",
	 .code = "driver-mismatch",
	 .because = "libcuda and the kernel module are of different releases: mostly /usr/local/cuda/compat before the "
		    "driver's",
	 .proof = "ldconfig -p | grep libcuda; cat /proc/driver/nvidia/version",
	 .fix = "take /usr/local/cuda/compat out of LD_LIBRARY_PATH and ld.so.conf, or restart after a driver update"},
	{.id = "CUDA 804",
	 .pattern = "forward compatibility was attempted on non supported HW|"
		    "cudaErrorCompatNotSupportedOnDevice|"
		    "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE",
	 .code = "forward-compat-unsupported",
	 .because = "cuda-compat serves data-center GPUs only",
	 .proof = "ldconfig -p | grep compat; nvidia-smi -L",
	 .fix = "remove cuda-compat from the image, or update the driver"},
	{.id = "CUDA 805",
	 .pattern = "MPS client failed to connect|"
		    "cudaErrorMpsConnectionFailed|"
		    "CUDA_ERROR_MPS_CONNECTION_FAILED",
	 .code = "mps-not-reachable",
	 .because = "the MPS daemon is not reachable from the container",
	 .proof = "echo $CUDA_MPS_PIPE_DIRECTORY; nvidia-cuda-mps-control",
	 .fix = "share its pipe directory, or unset CUDA_MPS_PIPE_DIRECTORY"},
	{.id = "CUDA 807",
	 .pattern = "MPS server is not ready|"
		    "cudaErrorMpsServerNotReady|"
		    "CUDA_ERROR_MPS_SERVER_NOT_READY",
	 .code = "mps-not-reachable",
	 .because = "the MPS daemon is not ready for new clients",
	 .proof = "the log of nvidia-cuda-mps-control",
	 .fix = "start it again"},
	{.id = "CUDA 101",
	 .pattern = "invalid device ordinal|cudaErrorInvalidDevice:|cudaErrorInvalidDevice)|CUDA_ERROR_INVALID_DEVICE:|"
		    "CUDA_ERROR_INVALID_DEVICE)",
	 .code = "no-device",
	 .because = "the program asks for a GPU number that is not there",
	 .proof = "nvidia-smi -L; echo $CUDA_VISIBLE_DEVICES: numbers start at 0 within what is visible",
	 .fix = "correct the number or CUDA_VISIBLE_DEVICES, or request more GPUs for container or job"},
	{.id = "CUDA 100",
	 .pattern = "CUDA driver initialization failed, you might not have a CUDA gpu",
	 .code = "no-device",
	 .because = "the driver is there and no GPU can be started: none is visible, or it has fallen off the bus",
	 .proof = "nvidia-smi -L; Xid lines in dmesg; echo $CUDA_VISIBLE_DEVICES",
	 .fix = "correct CUDA_VISIBLE_DEVICES or the GPU request of container or job; restart a machine whose GPU is "
		"lost"},
	{.id = "CUDA 209",
	 .pattern = "nvrtc: error: invalid value for --gpu-architecture",
	 .code = "arch-not-covered",
	 .because =
		 "the CUDA of this torch is older than the GPU: its run-time compiler does not know the architecture",
	 .proof = SHOW_ARCHS,
	 .fix = "a newer CUDA variant of torch, with the extensions of that variant (cudabuild explain --gpu names "
		"it)"},
	{.id = "CUDA 209",
	 .pattern = "Value 'sm_{w}' is not defined for option 'gpu-name'",
	 .code = "arch-not-covered",
	 .refine = REFINE_ARCH,
	 .because = "ptxas of this CUDA does not know sm_{1}",
	 .proof = "ptxas --version; " SHOW_ARCHS,
	 .fix = "a newer CUDA variant of torch with its triton, or TRITON_PTXAS_PATH with a newer ptxas"},
	{.id = "CUDA 209",
	 .pattern = "'sm_{w}' is not a recognized processor for this target",
	 .code = "arch-not-covered",
	 .because = "the compiler inside triton does not know sm_{1}: it is older than the GPU",
	 .proof = "pip show triton; " SHOW_TORCH,
	 .fix = "the triton that this torch brings, or a newer torch with its triton"},
	{.id = "CUDA 222",
	 .pattern = "fatal : Unsupported .version {v}; current version is '{v}'",
	 .code = "toolkit-too-old",
	 .because = "PTX of version {1} is to be assembled by a ptxas that knows {2} and older",
	 .proof = "which ptxas; echo $TRITON_PTXAS_PATH",
	 .fix = "unset TRITON_PTXAS_PATH (triton brings a ptxas), or name that of a newer toolkit"},
	{.id = "CUDA 209",
	 .pattern = "CUBLAS_STATUS_ARCH_MISMATCH|CUDNN_STATUS_ARCH_MISMATCH|CUSPARSE_STATUS_ARCH_MISMATCH|"
		    "CUSOLVER_STATUS_ARCH_MISMATCH",
	 .code = "arch-not-covered",
	 .because = "a CUDA library has no code for this GPU: the library is older than the GPU, or has dropped it",
	 .proof = SHOW_ARCHS,
	 .fix = GPU_FIX},
	{.id = "E8",
	 .pattern = "CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH|CUDNN_STATUS_VERSION_MISMATCH",
	 .code = "cuda-libraries-mixed",
	 .because = "parts of two cuDNN releases are loaded, mostly a system copy in LD_LIBRARY_PATH before torch's",
	 .proof = "echo $LD_LIBRARY_PATH; ldconfig -p | grep cudnn; pip list | grep cudnn",
	 .fix = "take that folder out of LD_LIBRARY_PATH: torch brings its own cuDNN"},
	{.id = "CUDA 2",
	 .pattern = "CUDNN_STATUS_NOT_INITIALIZED|CUBLAS_STATUS_NOT_INITIALIZED|CUBLAS_STATUS_ALLOC_FAILED|"
		    "CUSPARSE_STATUS_NOT_INITIALIZED",
	 .code = "cuda-library-not-started",
	 .rank = CAUSE_FOLLOWS,
	 .because =
		 "a CUDA library could not start on the GPU: its memory is taken, another copy of the library stands "
		 "before torch's, or an error before has spoilt the context",
	 .proof = "nvidia-smi: memory; echo $LD_LIBRARY_PATH; CUDA_LAUNCH_BLOCKING=1 shows the first error",
	 .fix = "free the GPU's memory; take system CUDA folders out of LD_LIBRARY_PATH; mend the first error"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver",
	 .code = "no-driver",
	 .because = "the driver's programs are installed, its kernel module is not loaded: a new kernel without it, "
		    "secure boot, or none was built",
	 .proof = "lsmod | grep nvidia; dkms status; dmesg | grep -i nvidia",
	 .fix = "install the driver anew for this kernel, sign its module or turn secure boot off, restart"},
	{.id = "CUDA 35, driver 0",
	 .pattern =
		 "Failed to initialize NVML: Driver Not Loaded|Failed to initialize NVML: could not load NVML library|"
		 "ERROR_LIBRARY_NOT_FOUND",
	 .code = "no-driver",
	 .because = "NVML, a library of the driver, is not there or finds no driver: the container was started without "
		    "the NVIDIA runtime, or the host has no driver",
	 .proof = "nvidia-smi on the host; docker info or crictl info shows the default runtime",
	 .fix = "install the driver on the host and make nvidia the runtime (nvidia-ctk runtime configure), then "
		"restart the engine; " START_IT},
	{.id = "CUDA 303",
	 .pattern = "Failed to initialize NVML: Insufficient Permissions|"
		    "Failed to initialize NVML: GPU access blocked by the operating system",
	 .code = "driver-not-usable",
	 .because = "the driver is there and may not be used: device files closed to this user, a cgroup or, in WSL, "
		    "Windows",
	 .proof = "ls -l /dev/nvidia*; id; in WSL wsl --status",
	 .fix = "a user of the group that owns /dev/nvidia*, the NVIDIA container toolkit for a container; in WSL "
		"wsl --update and a newer Windows driver"},
	{.id = "CUDA 100",
	 .pattern = "No devices were found",
	 .code = "no-device",
	 .needs = WITNESS_NVIDIA,
	 .because = "the driver runs and shows no GPU: none is given to this container, or the kernel module does not "
		    "fit to it",
	 .proof = "lspci | grep -i nvidia; dmesg | grep NVRM",
	 .fix = "correct the GPU request of container or job; a driver release that serves the GPU (its open kernel "
		"module from Blackwell on)"},
	{.id = "CUDA 999",
	 .pattern = "Unable to determine the device handle for GPU|GPU has fallen off the bus|GPU is lost",
	 .code = "hardware-fault",
	 .needs = WITNESS_NVIDIA,
	 .because = "the driver has lost the GPU: a fault of power, heat, slot or card",
	 .proof = "Xid lines in dmesg (79: fallen off the bus)",
	 .fix = "restart the machine; take the node out of service if it comes again"},
	{.id = "CUDA 214",
	 .pattern = "Xid (PCI:{s}): 48,|Xid (PCI:{s}): 64,|Xid (PCI:{s}): 95,",
	 .code = "hardware-fault",
	 .because = "the GPU's memory is faulty: errors that could not be corrected",
	 .proof = "nvidia-smi -q -d ECC,ROW_REMAPPER",
	 .fix = "take the node out of service"},
	{.id = "CUDA 100",
	 .pattern = "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False|"
		    "Attempting to deserialize object on CUDA device {w} but torch.cuda.device_count() is {w}",
	 .code = "no-device",
	 .rank = CAUSE_FOLLOWS,
	 .because = "a file with tensors of a GPU is loaded where torch sees no such GPU: torch is the CPU build, or "
		    "no driver or fewer GPUs are visible",
	 .proof = SHOW_TORCH "; nvidia-smi -L",
	 .fix = "mend why torch.cuda.is_available() is False, or torch.load(..., map_location='cpu')"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "libcuda.so: cannot open shared object file",
	 .code = "no-driver",
	 .because = "libcuda.so belongs to the driver: it is not in the container, or only as libcuda.so.1",
	 .proof = "ldconfig -p | grep libcuda",
	 .fix = "start the container with --gpus all; in WSL add /usr/lib/wsl/lib to LD_LIBRARY_PATH; where only "
		"libcuda.so.1 is there, link libcuda.so to it"},
	{.id = "CUDA 35, driver 0",
	 .pattern = "libnvidia-ml.so.1: cannot open shared object file",
	 .code = "no-driver",
	 .because = "libnvidia-ml.so.1 belongs to the driver, and the machine or container has none",
	 .proof = SHOW_DEV,
	 .fix = "install the driver on the host; " START_IT},
	{.id = "CUDA 803",
	 .pattern = "Failed to initialize NVML: Driver/library version mismatch",
	 .code = "driver-mismatch",
	 .because = "the driver was updated while its kernel module of the release before is still loaded",
	 .proof = "cat /proc/driver/nvidia/version beside the package's version",
	 .fix = "restart the machine, or unload and load the nvidia kernel modules"},
	{.id = "CUDA 999",
	 .pattern = "Failed to initialize NVML: Unknown Error",
	 .code = "driver-not-usable",
	 .because = "the container has lost its device files: a reload of systemd on the host took away their cgroup",
	 .proof = SHOW_DEV,
	 .fix = "start the container again; on the host use CDI, or the cgroup driver cgroupfs"},
	{.id = "GPU facts 11",
	 .pattern = "'_' not implemented for 'BFloat16'",
	 .code = "bfloat16-unsupported",
	 .because = "torch_sparse has no bfloat16 kernels for CUDA",
	 .proof = "the same with .float() works",
	 .fix = "compute that product in float32 or float16"},
	{.pattern = NULL},
};
