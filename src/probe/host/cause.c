#include "probe/host/cause.h"

#include <stdio.h>

/* Numbers as in cuda.h; the same in every version of the driver. The last row stands for all others. */
static const struct cause causes[] = {
	{1, "CUDA_ERROR_INVALID_VALUE", FAIL, "driver-call-refused",
	 "the driver refuses a basic call: check that libcuda and kernel module are of one release"},
	{2, "CUDA_ERROR_OUT_OF_MEMORY", ERROR, "out-of-memory",
	 "the GPU's memory is taken: free it or choose another device"},
	{3, "CUDA_ERROR_NOT_INITIALIZED", ERROR, "driver-not-usable",
	 "the container lacks /dev/nvidiactl or /dev/nvidia-uvm, or a security profile forbids them: start it through "
	 "the NVIDIA container toolkit"},
	{34, "CUDA_ERROR_STUB_LIBRARY", FAIL, "driver-stub",
	 "the stub libcuda of the toolkit is found first: take lib64/stubs out of LD_LIBRARY_PATH and ld.so.conf"},
	{35, "CUDA_ERROR_INSUFFICIENT_DRIVER", FAIL, "driver-too-old",
	 "update the driver on this machine or build a variant for an older CUDA"},
	{36, "CUDA_ERROR_CALL_REQUIRES_NEWER_DRIVER", FAIL, "driver-too-old", "update the driver on this machine"},
	{46, "CUDA_ERROR_DEVICE_UNAVAILABLE", ERROR, "device-busy", "another process holds the GPU in exclusive mode"},
	{98, "CUDA_ERROR_INVALID_DEVICE_FUNCTION", FAIL, "arch-not-covered",
	 "the kernel was not compiled for this GPU: add its compute capability to the arch list"},
	{100, "CUDA_ERROR_NO_DEVICE", SKIP, "no-device",
	 "the driver sees no GPU: check CUDA_VISIBLE_DEVICES, the container's GPU request, and MIG instances"},
	{101, "CUDA_ERROR_INVALID_DEVICE", ERROR, "invalid-device", "check CUDA_VISIBLE_DEVICES and MIG instances"},
	{200, "CUDA_ERROR_INVALID_IMAGE", FAIL, "invalid-kernel-image",
	 "the kernel image is corrupt, or compressed in a way this driver cannot read (zstd needs driver 550): update "
	 "the driver, or compile with --compress-mode=none"},
	{209, "CUDA_ERROR_NO_BINARY_FOR_GPU", FAIL, "arch-not-covered",
	 "no code for this GPU and no PTX that fits it: add its compute capability to the arch list"},
	{214, "CUDA_ERROR_ECC_UNCORRECTABLE", ERROR, "hardware-fault",
	 "the GPU's memory is faulty: take the node out of service"},
	{218, "CUDA_ERROR_INVALID_PTX", FAIL, "invalid-ptx", "the driver's compiler refuses the PTX"},
	{220, "CUDA_ERROR_NVLINK_UNCORRECTABLE", ERROR, "hardware-fault",
	 "NVLink is faulty: take the node out of service"},
	{221, "CUDA_ERROR_JIT_COMPILER_NOT_FOUND", ERROR, "jit-missing",
	 "libnvidia-ptxjitcompiler is not in the container: request the compute capability of the NVIDIA container "
	 "toolkit (NVIDIA_DRIVER_CAPABILITIES=compute,utility)"},
	{222, "CUDA_ERROR_UNSUPPORTED_PTX_VERSION", FAIL, "ptx-too-new-for-driver",
	 "update the driver, or compile for this GPU's compute capability"},
	{223, "CUDA_ERROR_JIT_COMPILATION_DISABLED", ERROR, "jit-disabled", "unset CUDA_DISABLE_PTX_JIT"},
	{226, "CUDA_ERROR_CONTAINED", ERROR, "hardware-fault",
	 "the GPU reports a contained fault: look for Xid messages on the node"},
	{303, "CUDA_ERROR_SHARED_OBJECT_INIT_FAILED", ERROR, "driver-not-usable",
	 "a library of the driver cannot start: the container lacks files of the driver"},
	{304, "CUDA_ERROR_OPERATING_SYSTEM", ERROR, "driver-not-usable",
	 "the system refuses the driver: device files, seccomp profile or kernel do not fit"},
	{500, "CUDA_ERROR_NOT_FOUND", FAIL, "kernel-missing", "the module lacks the kernel"},
	{600, "CUDA_ERROR_NOT_READY", ERROR, "hang", "the kernel did not end: look for Xid messages on the node"},
	{700, "CUDA_ERROR_ILLEGAL_ADDRESS", FAIL, "illegal-address", "a kernel touched memory that is not its own"},
	{701, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES", FAIL, "launch-failed",
	 "the kernel needs more registers or threads than the GPU has"},
	{702, "CUDA_ERROR_LAUNCH_TIMEOUT", ERROR, "hang",
	 "a watchdog ended the kernel: the GPU drives a display or is overloaded"},
	{714, "CUDA_ERROR_HARDWARE_STACK_ERROR", FAIL, "launch-failed", "look for Xid messages on the node"},
	{715, "CUDA_ERROR_ILLEGAL_INSTRUCTION", FAIL, "launch-failed", "look for Xid messages on the node"},
	{716, "CUDA_ERROR_MISALIGNED_ADDRESS", FAIL, "illegal-address", "a kernel touched memory that is not aligned"},
	{719, "CUDA_ERROR_LAUNCH_FAILED", FAIL, "launch-failed",
	 "the kernel broke off: look for Xid messages on the node"},
	{802, "CUDA_ERROR_SYSTEM_NOT_READY", ERROR, "system-not-ready",
	 "start nvidia-fabricmanager on the node (NVSwitch), in the driver's version"},
	{803, "CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", FAIL, "driver-mismatch",
	 "libcuda and kernel module are of different releases: take /usr/local/cuda/compat out of LD_LIBRARY_PATH and "
	 "ld.so.conf, or restart after a driver update"},
	{804, "CUDA_ERROR_COMPAT_NOT_SUPPORTED_ON_DEVICE", FAIL, "forward-compat-unsupported",
	 "forward compatibility exists for data-center GPUs only: remove cuda-compat from the image or update the "
	 "driver"},
	{805, "CUDA_ERROR_MPS_CONNECTION_FAILED", ERROR, "mps-not-reachable",
	 "the MPS daemon is not reachable from the container: share its pipe directory or unset "
	 "CUDA_MPS_PIPE_DIRECTORY"},
	{807, "CUDA_ERROR_MPS_SERVER_NOT_READY", ERROR, "mps-not-reachable", "the MPS daemon is not ready"},
	{999, "CUDA_ERROR_UNKNOWN", ERROR, "driver-not-usable",
	 "look for Xid messages on the node; a restart of the driver often helps"},
	{-1, "unknown result", ERROR, "driver-error", "look up the number in the CUDA driver API's CUresult"},
};

const struct cause *cause_of(int result)
{
	const size_t n = sizeof(causes) / sizeof(causes[0]);

	for (size_t i = 0; i < n - 1; i++)
		if (causes[i].result == result)
			return &causes[i];
	return &causes[n - 1];
}

void cause_say(const char *id, int device, const char *call, int result, const char *detail)
{
	const struct cause *c = cause_of(result);
	const int more = detail && *detail;
	char found[900];

	snprintf(found, sizeof(found), "%s (%d) from %s%s%.600s", c->name, result, call, more ? ": " : "",
		 more ? detail : "");
	say_row(ROW(.id = id, .status = c->status, .code = c->code, .found = found, .hint = c->hint,
		    .nth = device + 1));
}

void cause_say_file(const char *id, const char *file, int result, const char *found)
{
	const struct cause *c = cause_of(result);

	say_row(ROW(.id = id, .status = c->status, .code = c->code, .found = found, .hint = c->hint, .file = file));
}
