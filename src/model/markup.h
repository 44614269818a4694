/* markup.h — foreign texts made fit for XML and HTML, for element content and quoted attributes alike.
 *
 * What comes out is well-formed whatever went in: markup is escaped, bytes that are no UTF-8, control characters,
 * bidirectional controls and code points that XML forbids become '?'. */
#pragma once

#include "base/buf.h"

/* Appends text, escaped; NULL appends nothing. A newline or tab stays one, also where an attribute is read. */
void markup_add(struct buf *into, const char *text);
/* Appends ` name="text"`; nothing where text is NULL. */
void markup_attribute(struct buf *into, const char *name, const char *text);
