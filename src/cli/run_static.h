/* run_static.h — `test --static`: the images of the lock known by their bytes and held against plan and targets. */
#pragma once

#include "cli/cmd.h"

int run_static(struct app *app, struct err *err);
