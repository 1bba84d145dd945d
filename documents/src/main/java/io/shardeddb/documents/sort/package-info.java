/** The order that a request asks for: parsed, compared, and carried out in bounded memory. */
@NullMarked
package io.shardeddb.documents.sort;

import org.jspecify.annotations.NullMarked;
