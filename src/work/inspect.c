#include "work/inspect.h"

#include "base/file.h"
#include "base/str.h"
#include "inspect/folder.h"

int inspect_read(const char *what, const volatile sig_atomic_t *stop, struct facts **ret, struct err *err)
{
	AUTO_TEXT char *shown = str_shown(what, 200);

	if (file_is_dir(what))
		return folder_read(what, stop, ret, err);
	err_set(err, ERR_USAGE, "'%s' is no folder", shown);
	return err_hint(err, "name a root directory, a virtual environment or a site-packages folder");
}
