/** Structural schemas of custom resources: defaults, pruning, validation and CEL rules. */
@NullMarked
package io.shardeddb.local.schema;

import org.jspecify.annotations.NullMarked;
