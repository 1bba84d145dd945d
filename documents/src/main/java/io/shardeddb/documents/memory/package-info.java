/** How many bytes of memory values take, and bounds on what is kept while documents stream by. */
@NullMarked
package io.shardeddb.documents.memory;

import org.jspecify.annotations.NullMarked;
