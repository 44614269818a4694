/* failure_words.h — proofs and mends that several rows of the tables of failures share.
 *
 * Not here: the rows (intake/failure.h). */
#pragma once

#define SHOW_TORCH "python -c \"import torch; print(torch.__version__, torch.version.cuda)\""
#define SHOW_ARCHS "python -c \"import torch; print(torch._C._cuda_getArchFlags())\" beside the GPU's capability"
#define SHOW_LDD   "ldd on the .so that the line names, inside the container"
#define SHOW_SMI                                                                                                       \
	"nvidia-smi on the host names the driver; its \"CUDA Version\" is the driver's ceiling, not the toolkit"
#define SHOW_DEV "ls -l /dev/nvidia* and nvidia-smi inside the container"
#define PAGE	 "https://data.pyg.org/whl/torch-X.Y.0+cuNNN.html"
#define SAME_WHEEL                                                                                                     \
	"install the extensions' wheels for the torch that is there: pip install --no-index torch_scatter "            \
	"torch_sparse "                                                                                                \
	"-f " PAGE ", with X.Y and cuNNN of that torch"
#define CPU_TORCH                                                                                                      \
	"the extension is built for CUDA, and this torch is CPU-only or for another CUDA major: it has no such "       \
	"library"
