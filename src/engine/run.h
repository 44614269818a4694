/* run.h — one container from start to removal: locked down, limited, everything it printed kept, nothing left behind.
 *
 * Always: read-only root, no capabilities, no new privileges, no network unless asked, tmpfs over /tmp and every VOLUME
 * of the image (one in which the image has files is theirs, read-only), no log file on the engine's disk (output is
 * attached), pids and time limits. Files come in through a volume that is filled by a helper container and mounted
 * read-only, so that remote engines and read-only roots work.
 * Container and volume are labelled (engine/owner.h) and removed in every case, cancellation included. */
#pragma once

#include "engine/engine.h"
#include "engine/image.h"
#include "model/context.h"

enum run_gpu {
	RUN_GPU_NONE,	 /* NVIDIA_VISIBLE_DEVICES=void, whatever the image says */
	RUN_GPU_REQUEST, /* HostConfig.DeviceRequests, capability gpu */
	RUN_GPU_CDI,	 /* DeviceRequests with driver cdi */
};

struct run_opts {
	const char *subject;	       /* of events and errors */
	const struct strv *entrypoint; /* NULL: the image's; an empty list: none */
	const struct strv *cmd;	       /* NULL: the image's */
	const struct strv *env;	       /* "KEY=VALUE" added; may be NULL */
	const struct strv *labels;     /* added; may be NULL */
	const char *user, *workdir;    /* NULL: the image's */
	const struct context *files;   /* put at files_at, read-only; NULL = none */
	const char *files_at;	       /* absolute path: "/cudabuild" */
	enum run_gpu gpu;
	const char *gpus; /* "all" or ids "0,1"; NULL = all */
	bool network;	  /* the default network instead of none */
	uint64_t memory;  /* bytes; 0 = no limit */
	uint64_t shm;	  /* bytes of /dev/shm; 0 = the engine's default */
	unsigned pids;	  /* 0: a default that grows with the CPUs */
	unsigned timeout; /* seconds from its start to its end; 0 = none */
	size_t said_max;  /* bytes kept of each stream; 0 = 16 MiB */
};

struct run_result {
	int exit_code;	     /* -1 when it ran out of time */
	bool oom;	     /* ended because memory was short */
	bool timed_out;	     /* killed after timeout seconds */
	bool cut;	     /* printed more than said_max: the rest was dropped */
	struct buf out, err; /* standard output and error */
	uint64_t ms;	     /* from start to end */
	/* Before and after: asking about the image, copying files in, making it, starting it, removing it all. */
	uint64_t ask_ms, files_ms, make_ms, start_ms, remove_ms;
};

#define RUN_RESULT_INIT                                                                                                \
	{                                                                                                              \
		.exit_code = -1                                                                                        \
	}

/* Runs cmd in a new container of the image (id, tag or digest). A command that fails, is killed or runs out of time is
 * an answer in ret. Events: EVENT_LOG per line of output. ERR_ENGINE: it could not be started; ERR_MISSING: the engine
 * cannot give GPUs. ret is the caller's to run_result_clear(), also after an error (it is empty then). */
int engine_run(struct engine *e, const char *image, const struct run_opts *o, struct run_result *ret,
	       struct err *err) NODISCARD;
void run_result_clear(struct run_result *r);

/* The VOLUME of the image for which Docker starts no container of it ("/", "/dev", what lies in /proc), as the image
 * says it; NULL without. Podman starts them. */
const char *run_volume_refused(const struct image *i) NODISCARD;

/* The bytes of one regular file of an image (no container runs): 0, or 1 when there is none. Over max bytes:
 * ERR_ENGINE. A link is followed inside the image. */
int engine_read_file(struct engine *e, const char *image, const char *path, size_t max, struct buf *into,
		     struct err *err) NODISCARD;
