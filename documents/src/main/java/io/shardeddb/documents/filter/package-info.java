/** Filters: which documents are meant. Parsed once, then asked of each document. */
@NullMarked
package io.shardeddb.documents.filter;

import org.jspecify.annotations.NullMarked;
