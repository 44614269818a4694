/* interpreter.h — which Python a command brings or runs: python3.8, pip3.8, uv venv --python 3.11, pyenv, Miniconda.
 *
 * Not here: python=3.8 of conda (intake/recipe.h), a base image's own (intake/baseimage.h). */
#pragma once

#include "intake/shell.h"

/* "3.8"; "" where it is one that the text does not tell (Miniconda without a version); NULL where the command says
 * nothing of it. The caller's. */
char *interpreter_named(const struct shell_command *c) NODISCARD;
