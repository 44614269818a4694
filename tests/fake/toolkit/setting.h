/* setting.h — "name=value,..." in an environment variable, by which a fake library is told what to do. */
#pragma once

#include <stdlib.h>
#include <string.h>

static inline int setting_number(const char *variable, const char *name, int otherwise)
{
	const size_t len = strlen(name);
	const char *at = getenv(variable);

	for (; at && *at; at += strcspn(at, ","), at += *at == ',')
		if (strncmp(at, name, len) == 0 && at[len] == '=')
			return atoi(at + len + 1);
	return otherwise;
}
