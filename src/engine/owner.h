/* owner.h — whose a container or volume is: labels that name user, machine, boot and process, and the judgement whether
 * that process lives.
 *
 * A process is named by machine, boot id, pid namespace, pid and start time, so that neither a used-again pid, a
 * reboot, nor an engine shared by containers or hosts makes a living owner look dead. When in doubt the answer is "not
 * known", and only `clean` removes. Images carry none of these labels: they are results, and equal inputs must give
 * equal images. */
#pragma once

#include "base/err.h"
#include "base/strv.h"

/* Label keys that the engine floor writes; other labels of a thing are its maker's. */
#define OWNER_LABEL   "io.cudabuild.owner"   /* 1: made by us */
#define OWNER_USER    "io.cudabuild.user"    /* numeric user id */
#define OWNER_MACHINE "io.cudabuild.machine" /* a hash of machine id and host name */
#define OWNER_BOOT    "io.cudabuild.boot"
#define OWNER_PROCESS "io.cudabuild.process" /* PIDNS:PID:START */
#define OWNER_PROJECT "io.cudabuild.project" /* the manifest's name; may be missing */

struct owner {
	char *user, *machine, *boot, *process;
	char *project; /* NULL or the manifest's name */
};

enum owner_state {
	OWNER_ALIVE,   /* its process runs on this machine */
	OWNER_DEAD,    /* of this user and machine, and its process is gone */
	OWNER_UNKNOWN, /* another machine, user or pid namespace, or labels that cannot be read */
};

/* This process as an owner; project may be NULL. *ret is the caller's. ERR_IO when /proc cannot be read. */
int owner_self(const char *project, struct owner **ret, struct err *err) NODISCARD;
/* Appends "KEY=VALUE" for every label. */
void owner_labels(const struct owner *o, struct strv *into);
/* What became of the owner that these "KEY=VALUE" labels name, seen from self. Reads /proc. */
enum owner_state owner_judge(const struct owner *self, const struct strv *labels) NODISCARD;
/* The value of a "KEY=VALUE" label, or NULL. Borrowed. */
const char *owner_label(const struct strv *labels, const char *key) NODISCARD;
void owner_free(struct owner *o);
DEFINE_AUTO(owner, struct owner);
