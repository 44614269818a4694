#include "adapt/digest_lane.h"

#include "base/mem.h"

#include <pthread.h>
#include <string.h>

#define SLOT  ((size_t)256 << 10)
#define SLOTS 4

/* A ring of slots: the caller fills the one at `put`, the thread hashes those from `took` up to it. */
struct lane {
	struct hash hash;
	pthread_t thread;
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool started, alone, ended; /* alone: no thread could be made */
	size_t put, took;	    /* slots handed over and hashed, counted from the start */
	size_t fill[SLOTS];	    /* bytes of each */
	unsigned char slot[SLOTS][SLOT];
};

struct lane *lane_new(void)
{
	struct lane *l = xmalloc(sizeof(*l)); /* not cleared: the ring would be touched for a few bytes */
	memset(l, 0, offsetof(struct lane, slot));
	hash_init(&l->hash);
	pthread_mutex_init(&l->lock, NULL);
	pthread_cond_init(&l->moved, NULL);
	return l;
}

static void *work(void *self)
{
	struct lane *l = self;
	pthread_mutex_lock(&l->lock);
	for (;;) {
		while (l->took == l->put && !l->ended)
			pthread_cond_wait(&l->moved, &l->lock);
		if (l->took == l->put)
			break;
		size_t i = l->took % SLOTS;
		pthread_mutex_unlock(&l->lock);
		hash_add(&l->hash, l->slot[i], l->fill[i]);
		pthread_mutex_lock(&l->lock);
		l->took++;
		pthread_cond_signal(&l->moved);
	}
	pthread_mutex_unlock(&l->lock);
	return NULL;
}

static void start(struct lane *l)
{
	l->started = !l->alone && pthread_create(&l->thread, NULL, work, l) == 0;
	l->alone = !l->started;
}

/* Hands the full slot over and waits until the next one is free. */
static void hand_over(struct lane *l)
{
	if (!l->started)
		start(l);
	if (l->alone) {
		hash_add(&l->hash, l->slot[0], l->fill[0]);
		l->fill[0] = 0;
		return;
	}
	pthread_mutex_lock(&l->lock);
	l->put++;
	pthread_cond_signal(&l->moved);
	while (l->put - l->took == SLOTS)
		pthread_cond_wait(&l->moved, &l->lock);
	l->fill[l->put % SLOTS] = 0;
	pthread_mutex_unlock(&l->lock);
}

void lane_add(struct lane *l, const void *data, size_t len)
{
	const unsigned char *at = data;
	while (len > 0) {
		size_t i = l->put % SLOTS, room = SLOT - l->fill[i], n = room < len ? room : len;
		memcpy(l->slot[i] + l->fill[i], at, n);
		l->fill[i] += n;
		at += n;
		len -= n;
		if (l->fill[i] == SLOT)
			hand_over(l);
	}
}

/* Lets the thread finish what it was given. */
static void join(struct lane *l)
{
	if (!l->started)
		return;
	pthread_mutex_lock(&l->lock);
	l->ended = true;
	pthread_cond_signal(&l->moved);
	pthread_mutex_unlock(&l->lock);
	pthread_join(l->thread, NULL);
	l->started = false;
}

void lane_end(struct lane *l, char ret[HASH_HEX_SIZE])
{
	size_t i = l->put % SLOTS;
	join(l);
	hash_add(&l->hash, l->slot[i], l->fill[i]);
	l->fill[i] = 0;
	l->alone = true;
	hash_end(&l->hash, ret);
}

void lane_free(struct lane *l)
{
	if (l == NULL)
		return;
	join(l);
	pthread_cond_destroy(&l->moved);
	pthread_mutex_destroy(&l->lock);
	free(l);
}
