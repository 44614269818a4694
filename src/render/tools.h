/* tools.h — the tools that install and compile Python packages inside an image, pinned by sha256 in a table.
 *
 * Which release serves which Python and processor is a matter of publication, so it is a table and no code. They never
 * reach the final image, pip in its virtual environment apart. Not here: what is installed with them (render/view.h).
 */
#pragma once

#include "base/strv.h"

enum tool { TOOL_PIP, TOOL_SETUPTOOLS, TOOL_WHEEL, TOOL_NINJA, TOOL_CMAKE, TOOL_UV };

/* Appends the requirement line of a tool ("pip==25.3 --hash=sha256:...") for a Python (minor of 3.X) and an
 * architecture ("amd64", "arm64"). Without hash where none is known for them. */
void tool_line(enum tool tool, unsigned minor, const char *arch, struct strv *into);
/* The minor of a Python version: 11 of "3.11", "3.11.9" and "3.11t"; 0 when the text is none. */
unsigned tool_python_minor(const char *version) NODISCARD;
