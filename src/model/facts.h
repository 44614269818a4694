/* facts.h — what a tree of files holds: ELF files, Python packages, Pythons, links, and how an image is configured.
 *
 * A plain value that owns all it points to; filled by inspect/gather.h from whatever source, judged by
 * inspect/checks.h. Paths are absolute in the tree ("/usr/lib/x.so") and name no link in their folders; foreign bytes
 * in texts are not made printable (str_shown() does). Not here: one ELF file (model/binary.h), findings
 * (model/report.h). */
#pragma once

#include "model/binary.h"

enum facts_kind {
	FACTS_IMAGE, /* a container image: config is given */
	FACTS_ROOT,  /* a whole file system in a folder */
	FACTS_SITE,  /* a virtual environment or a site-packages folder: C library and the like are this machine's */
};

/* What a container of the image starts with. */
struct facts_config {
	bool given;
	char *os, *arch, *variant, *user, *workdir; /* "" or NULL where there is none */
	struct strv env, labels;		    /* "NAME=value" */
	struct strv entrypoint, cmd, volumes, onbuild;
	struct strv diff_ids; /* "sha256:..." of the unpacked layers, lowest first */
	struct strv history;  /* the commands that made the layers, lowest first */
};

/* A Python distribution, by its dist-info or egg-info, or by its folder alone. */
struct facts_package {
	char *name;	  /* as imported and in lower case: "torch_sparse" */
	char *version;	  /* with label; NULL = not stated */
	char *path;	  /* of its dist-info, egg-info or, where there is none, its folder */
	char *site;	  /* the folder that it lies in: "/venv/lib/python3.11/site-packages" */
	struct strv tags; /* of its WHEEL file: "cp311-cp311-linux_x86_64" */
	char *elsewhere;  /* the folder of an editable install's sources, or NULL */
	uint64_t size;	  /* bytes of the files that its RECORD names and that are there */
	size_t n_files;	  /* of the RECORD; 0 = there is none */
	struct strv lost; /* "torch/lib/libc10.so: missing", "...: 10 of 400 bytes"; the first FACTS_LOST_MAX */
	size_t n_lost;
};
#define FACTS_LOST_MAX 8
#define FACTS_SHUT_MAX 8

struct facts_python {
	char *version; /* "3.11" */
	char *path;    /* of the interpreter */
};

struct facts_link {
	char *path, *target; /* target as it is written in the link */
	bool hard;	     /* another name of the file, not a symbolic link */
};

/* A file that is named like a library and is no ELF file. */
struct facts_odd {
	char *path;
	uint64_t size;
	bool text; /* a linker script or other text */
};

/* A small text file that says something: torch/version.py, etc/os-release, etc/ld.so.conf. */
struct facts_text {
	char *path;
	struct buf data;
};

struct facts_layer {
	char *name; /* digest or number */
	uint64_t size;
};

struct facts {
	enum facts_kind kind;
	char *subject; /* as the user named it */
	char *source;  /* where it was read: "registry nvcr.io", "folder"; or NULL */
	char *image;   /* its complete name with digest, where there is one; or NULL */
	struct facts_config config;
	struct binary **binaries; /* sorted by path after facts_settle() */
	size_t n_binaries, cap_binaries;
	struct facts_package *packages; /* sorted by site, name */
	size_t n_packages;
	struct facts_python *pythons;
	size_t n_pythons;
	struct facts_link *links; /* sorted by path */
	size_t n_links, cap_links;
	struct facts_odd *odd;
	size_t n_odd;
	struct facts_text *texts; /* sorted by path */
	size_t n_texts;
	struct facts_layer *layers; /* lowest first; none where the source has no layers */
	size_t n_layers;
	uint64_t size;	  /* bytes of all files */
	size_t n_files;	  /* how many files the tree has */
	struct strv over; /* limits that were reached: what is beyond them was not looked at */
	struct strv shut; /* what this user may not read: "/opt/x" a file that counts, "/root/" a folder; the first */
	size_t n_shut;	  /* FACTS_SHUT_MAX of so many */
};

struct facts *facts_new(enum facts_kind kind, const char *subject) NODISCARD;
void facts_free(struct facts *f);
DEFINE_AUTO(facts, struct facts);

/* Each takes what it is given (a binary) or copies texts. */
void facts_add_binary(struct facts *f, struct binary *b);
void facts_add_link(struct facts *f, const char *path, const char *target);
void facts_add_odd(struct facts *f, const char *path, uint64_t size, bool text);
void facts_add_text(struct facts *f, const char *path, const void *data, size_t len);
void facts_add_python(struct facts *f, const char *version, const char *path);
void facts_add_layer(struct facts *f, const char *name, uint64_t size);
/* Something that may not be read. */
void facts_add_shut(struct facts *f, const char *path, bool folder);
/* Whether a path is one of facts.shut, or lies in one. */
bool facts_is_shut(const struct facts *f, const char *path) NODISCARD;
/* An empty one; borrowed until the next is added. */
struct facts_package *facts_add_package(struct facts *f);
/* Sorts all lists; to be called once, after the last was added and before anything is looked for. */
void facts_settle(struct facts *f);

/* The path with every link in it followed (at most 40), "." and ".." taken out; the caller's. NULL = a loop. */
char *facts_real(const struct facts *f, const char *path) NODISCARD;
/* The ELF file behind a path, links followed; the text file of exactly that path; NULL = none. Borrowed. */
const struct binary *facts_binary(const struct facts *f, const char *path) NODISCARD;
struct binary *facts_find_binary(struct facts *f, const char *path) NODISCARD; /* to change it */
const struct facts_text *facts_text(const struct facts *f, const char *path) NODISCARD;
/* The package of that name (any site: site NULL), after after (NULL: the first); NULL = no more. Borrowed. */
const struct facts_package *facts_find_package(const struct facts *f, const char *name, const char *site,
					       const struct facts_package *after) NODISCARD;
/* The value of NAME in the image's environment, or NULL. Borrowed. */
const char *facts_env(const struct facts *f, const char *name) NODISCARD;
const char *facts_label(const struct facts *f, const char *name) NODISCARD;
/* Whether os, arch and variant (each may be NULL) are a platform such as "linux/arm64" or "linux/arm64/v8". */
bool facts_is_platform(const char *os, const char *arch, const char *variant, const char *platform) NODISCARD;
/* Whether a path lies where uv or conda keep unpacked packages: what is there is put elsewhere to be used. An
 * environment that somebody names may lie there itself. */
bool facts_is_store(const char *path) NODISCARD;
/* The site-packages folder that a path lies in ("/x/site-packages" of "/x/site-packages/torch/a.so"): how many bytes of
 * path; 0 = none. */
size_t facts_site_of(const char *path) NODISCARD;
