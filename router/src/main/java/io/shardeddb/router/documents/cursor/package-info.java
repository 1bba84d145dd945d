/** Where a find of documents goes on. */
@NullMarked
package io.shardeddb.router.documents.cursor;

import org.jspecify.annotations.NullMarked;
