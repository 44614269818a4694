/* image_label.h — labels of a generated image, beside org.opencontainers.image.* and the versions of the torch family
 * with their local labels: io.cudabuild.torch, io.cudabuild.torch-sparse and so on, pkg_dist() behind the prefix. */
#pragma once

#define IMAGE_LABEL	       "io.cudabuild."
#define IMAGE_LABEL_NAME       "io.cudabuild.name" /* the manifest's name */
#define IMAGE_LABEL_VARIANT    "io.cudabuild.variant"
#define IMAGE_LABEL_LOCK       "io.cudabuild.lock"   /* lock_variant_sha256() */
#define IMAGE_LABEL_PINNED     "io.cudabuild.pinned" /* "true" or "false" */
#define IMAGE_LABEL_CUDA       "io.cudabuild.cuda"   /* "12.8", or "cpu" */
#define IMAGE_LABEL_PYTHON     "io.cudabuild.python"
#define IMAGE_LABEL_ARCH_LIST  "io.cudabuild.arch-list"	 /* where something was compiled */
#define IMAGE_LABEL_DRIVER_MIN "io.cudabuild.driver-min" /* not for cpu */
