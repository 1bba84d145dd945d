/** Tests of schemas. */
@NullMarked
package io.shardeddb.local.schema;

import org.jspecify.annotations.NullMarked;
