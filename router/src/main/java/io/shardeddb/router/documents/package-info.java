/** Collections of documents over rows: which rows a request means, and how documents are read and changed. */
@NullMarked
package io.shardeddb.router.documents;

import org.jspecify.annotations.NullMarked;
