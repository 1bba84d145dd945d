/** Status, conditions and Events as functions of what was observed and planned. */
@NullMarked
package io.shardeddb.operator.report;

import org.jspecify.annotations.NullMarked;
