/** Tests of the rules of definitions. */
@NullMarked
package io.shardeddb.server.store.schema;

import org.jspecify.annotations.NullMarked;
