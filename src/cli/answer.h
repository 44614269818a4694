/* answer.h — how a command says no: the reasons and the ways out on standard output. */
#pragma once

#include "cli/cmd.h"
#include "model/conflict.h"

/* Prints the conflict as text or, with --format json, as JSON. 1, the exit code of "no"; -1 with err. */
int answer_no(struct app *app, const struct conflict *why, struct err *err) NODISCARD;
