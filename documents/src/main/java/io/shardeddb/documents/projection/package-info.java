/** Which parts of a document an answer has: parsed once, then applied to each document. */
@NullMarked
package io.shardeddb.documents.projection;

import org.jspecify.annotations.NullMarked;
