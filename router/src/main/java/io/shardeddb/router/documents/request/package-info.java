/** Requests about documents, whatever interface they came by: what they may hold, and what they come to. */
@NullMarked
package io.shardeddb.router.documents.request;

import org.jspecify.annotations.NullMarked;
