/* texts.h — made-up texts that are nearly what a manifest's grammars want, the same in every run. */
#pragma once

#include "base/buf.h"

/* Puts one of the seeds (an example of every grammar) into `into`, with up to three characters replaced, put in or left
 * out, now and then joined to another. *x is the state of the sequence. */
void texts_make(unsigned *x, struct buf *into);
