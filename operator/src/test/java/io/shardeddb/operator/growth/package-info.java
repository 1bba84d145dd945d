/** What the operator costs as databases become more. */
@NullMarked
package io.shardeddb.operator.growth;

import org.jspecify.annotations.NullMarked;
