/* names.h — names that generated files and images carry and that other floors look for: labels, the local folder. */
#pragma once

#define RENDER_LOCAL ".local" /* below the folder of the generated files */

/* Labels of a generated image, beside org.opencontainers.image.* and the versions of the torch family with their
 * labels: io.cudabuild.torch, io.cudabuild.torch-sparse and so on, pkg_dist() behind the prefix. */
#define RENDER_LABEL		"io.cudabuild."
#define RENDER_LABEL_NAME	"io.cudabuild.name" /* the manifest's name */
#define RENDER_LABEL_VARIANT	"io.cudabuild.variant"
#define RENDER_LABEL_LOCK	"io.cudabuild.lock"   /* lock_variant_sha256() */
#define RENDER_LABEL_PINNED	"io.cudabuild.pinned" /* "true" or "false" */
#define RENDER_LABEL_CUDA	"io.cudabuild.cuda"   /* "12.8", or "cpu" */
#define RENDER_LABEL_PYTHON	"io.cudabuild.python"
#define RENDER_LABEL_ARCH_LIST	"io.cudabuild.arch-list"  /* where something was compiled */
#define RENDER_LABEL_DRIVER_MIN "io.cudabuild.driver-min" /* not for cpu */
