/* names.h — names that generated files carry and that other floors look for: the local folder, where things lie in an
 * image, what is there where the manifest says nothing. Labels: model/image_label.h. */
#pragma once

#define RENDER_LOCAL ".local" /* below the folder of the generated files */

#define RENDER_USER    1000		/* of app.user */
#define RENDER_WORKDIR "/app"		/* of app.workdir */
#define RENDER_HOME    "/home/app"	/* HOME in the image */
#define RENDER_PATH    "/opt/venv/bin:" /* how PATH begins */
