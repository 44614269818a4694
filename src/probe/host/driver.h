/* driver.h — the CUDA driver's functions, found at run time in libcuda.so.1; nothing of NVIDIA is linked or included.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

typedef unsigned long long devptr;

struct driver {
	int (*init)(unsigned flags);
	int (*version)(int *ret);
	int (*count)(int *ret);
	int (*get)(int *ret, int ordinal);
	int (*name)(char *into, int size, int device);
	int (*attribute)(int *ret, int attribute, int device);
	int (*uuid)(unsigned char *into, int device); /* NULL in old drivers */
	int (*retain)(void **ret, int device);
	int (*release)(int device);
	int (*set_current)(void *context);
	int (*memory)(size_t *ret_free, size_t *ret_total);
	int (*load)(void **ret, const void *image, unsigned n, int *options, void **values);
	int (*unload)(void *module);
	int (*function)(void **ret, void *module, const char *name);
	int (*alloc)(devptr *ret, size_t size);
	int (*free)(devptr at);
	int (*to_device)(devptr to, const void *from, size_t size);
	int (*to_host)(void *to, devptr from, size_t size);
	int (*fill)(devptr at, unsigned char byte, size_t size);
	int (*launch)(void *function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x,
		      unsigned block_y, unsigned block_z, unsigned shared, void *stream, void **args, void **extra);
	int (*stream_create)(void **ret, unsigned flags);
	int (*stream_query)(void *stream);
	int (*stream_destroy)(void *stream);
	/* For measuring only; NULL in drivers that lack them. */
	int (*event_create)(void **ret, unsigned flags);
	int (*event_record)(void *event, void *stream);
	int (*event_wait)(void *event);
	int (*event_time)(float *ret_ms, void *from, void *to);
	int (*event_destroy)(void *event);
	int (*copy)(devptr to, devptr from, size_t size, void *stream); /* within the device */
};

/* Loads and starts the driver. False after saying why not (a row "gpu.driver"): no driver in the container, a stub,
 * an empty file, an old one, a mismatch. cuda ("12.8", or NULL) is what the driver must be able to run. */
bool driver_start(struct driver *d, const char *cuda);
/* The same without a word: 0, the driver's result, or -1 where there is none that can be loaded. */
int driver_start_quietly(struct driver *d);
/* Whether all went well; else says so as cause_say() does. */
bool driver_ok(const char *id, int device, const char *call, int result);
