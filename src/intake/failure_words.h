/* failure_words.h — proofs and mends that several rows of the tables of failures share.
 *
 * Not here: the rows (intake/failure.h). */
#pragma once

#define SHOW_TORCH "python -c \"import torch; print(torch.__version__, torch.version.cuda)\""
#define SHOW_ARCHS "python -c \"import torch; print(torch._C._cuda_getArchFlags())\" beside the GPU's capability"
#define SHOW_LDD   "ldd on the .so that the line names, inside the container"
#define SHOW_SMI                                                                                                       \
	"nvidia-smi on the host names the driver; its \"CUDA Version\" is the driver's ceiling, not the toolkit"
#define SHOW_DEV  "ls -l /dev/nvidia* and nvidia-smi inside the container"
#define PAGE	  "https://data.pyg.org/whl/torch-X.Y.0+cuNNN.html"
#define PAGE_NOTE ", with X.Y and cuNNN of that torch"
#define SAME_WHEEL                                                                                                     \
	"install the extensions' wheels for the torch that is there: pip install --no-index torch_scatter "            \
	"torch_sparse -f " PAGE PAGE_NOTE
#define CPU_TORCH                                                                                                      \
	"the extension is built for CUDA, and this torch is CPU-only or for another CUDA major: it has no such "       \
	"library"
#define CUDA_TORCH                                                                                                     \
	"install the CUDA build of torch (--index-url https://download.pytorch.org/whl/cuNNN), or the extension's "    \
	"cpu wheel"
#define TOOLKIT                                                                                                        \
	"install nvidia-container-toolkit, run nvidia-ctk runtime configure --runtime=docker, restart the engine"
#define DRIVER_FIX                                                                                                     \
	"a newer driver or a variant for an older CUDA; without any driver, start the container with --gpus all"
#define GPU_FIX                                                                                                        \
	"a variant whose wheels serve the GPU (cudabuild matrix or explain --gpu), or compile with "                   \
	"TORCH_CUDA_ARCH_LIST naming its capability"
#define NO_KERNEL "neither machine code nor usable PTX for this GPU, in torch or in an extension"
#define START_IT  "start the container with --gpus all (NVIDIA container toolkit or CDI), on a machine with a driver"
#define NO_WHEEL_BUILD                                                                                                 \
	"correct the page (" PAGE ": always X.Y.0, with cu and .html), pin the version, and add --no-index, so that "  \
	"pip fails at once"
