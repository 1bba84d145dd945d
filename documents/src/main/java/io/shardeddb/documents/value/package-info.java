/** What a document is: its values, their order, paths into it, its id, and what is refused. */
@NullMarked
package io.shardeddb.documents.value;

import org.jspecify.annotations.NullMarked;
