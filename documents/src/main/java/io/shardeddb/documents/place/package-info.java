/** Where in a request something is, so that every error names it. */
@NullMarked
package io.shardeddb.documents.place;

import org.jspecify.annotations.NullMarked;
