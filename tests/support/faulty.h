/* faulty.h — a struct http that is the real one but for its n-th request, which fails as a broken connection does. */
#pragma once

#include "adapt/http.h"

/* How the chosen request fails. */
enum faulty_how {
	FAULTY_REFUSED, /* nobody listens: never tried again */
	FAULTY_RESET,	/* the connection breaks once; the next try finds it whole */
	FAULTY_LIES,	/* the body is not the one that was sent: one byte is changed */
};

struct faulty {
	struct http *inner;
	unsigned nth;	  /* 1 is the first; 0: none fails */
	unsigned started; /* requests so far */
	enum faulty_how how;
};

/* A client over f, which must outlive it; the inner one stays the caller's. */
struct http *faulty_new(struct faulty *f);
