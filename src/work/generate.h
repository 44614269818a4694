/* generate.h — from a project to its plan, lock and files: resolve, ask what is asked for, resolve again, render. */
#pragma once

#include "base/event.h"
#include "model/conflict.h"
#include "model/context.h"
#include "work/fetcher.h"
#include "work/project.h"

enum plan_answer { PLAN_MADE = 0, PLAN_NO = 1, PLAN_NEEDS_NETWORK = 2 };

struct plan_opts {
	bool offline;		     /* ask nobody */
	bool update;		     /* forget the lock, or of it what `packages` names */
	const struct strv *packages; /* names of packages or "base", "python"; empty or NULL = all */
	bool pin; /* resolve the packages beside the torch family too, where the lock has none that fit and uv is there
		   */
	const struct strv *only;       /* variants; empty or NULL = all */
	const char *out;	       /* folder of the files below the manifest's, or NULL = the lock's, else images */
	const struct fetcher *fetcher; /* NULL: needs end as PLAN_NEEDS_NETWORK */
	const struct events *events;
	const volatile int *stop; /* NULL, or non-zero once a signal came */
};

/* PLAN_MADE fills *ret, PLAN_NO *ret_why (both the caller's). ERR_INPUT: manifest or templates; network errors from the
 * fetcher. */
int project_plan(const struct project *p, const struct plan_opts *o, struct plan **ret, struct conflict **ret_why,
		 struct err *err) NODISCARD;
/* The files of a plan, the lock among them under its own name; names are relative to the manifest's folder. The
 * caller's. */
int project_render(const struct project *p, const struct plan *plan, struct context **ret, struct err *err) NODISCARD;
