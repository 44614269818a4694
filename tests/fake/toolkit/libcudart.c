/* The CUDA runtime's start-up over whatever libcuda.so.1 is found. FAKE_CUDART="name=value,..." injects faults:
 *   runtime=12080              the version it says it is
 *   count=RESULT hang=1 crash=1 exit=1   what cudaGetDeviceCount gives, or does */
#include "fake/toolkit/setting.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define API __attribute__((visibility("default")))

enum { INSUFFICIENT_DRIVER = 35 };

static int call(const char *name, int *ret)
{
	int (*function)(int *ret) = NULL;
	void *driver = dlopen("libcuda.so.1", RTLD_NOW), *found = driver ? dlsym(driver, name) : NULL;

	memcpy(&function, &found, sizeof(function));
	return function ? function(ret) : -1;
}

API int cudaRuntimeGetVersion(int *ret)
{
	*ret = setting_number("FAKE_CUDART", "runtime", 12080);
	return 0;
}

API int cudaDriverGetVersion(int *ret)
{
	*ret = 0;
	return call("cuDriverGetVersion", ret) > 0 ? 999 : 0;
}

API int cudaGetDeviceCount(int *ret)
{
	int (*init)(unsigned flags) = NULL;
	void *driver = dlopen("libcuda.so.1", RTLD_NOW), *found = driver ? dlsym(driver, "cuInit") : NULL;
	const int injected = setting_number("FAKE_CUDART", "count", 0);

	while (setting_number("FAKE_CUDART", "hang", 0))
		pause();
	if (setting_number("FAKE_CUDART", "crash", 0))
		abort();
	if (setting_number("FAKE_CUDART", "exit", 0))
		_exit(3);
	memcpy(&init, &found, sizeof(init));
	if (injected || !init)
		return injected ? injected : INSUFFICIENT_DRIVER;
	const int result = init(0);
	return result ? result : call("cuDeviceGetCount", ret);
}
