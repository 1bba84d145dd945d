/** The values that rows are made of, their canonical form and how input becomes one. */
@NullMarked
package io.shardeddb.protocol.value;

import org.jspecify.annotations.NullMarked;
