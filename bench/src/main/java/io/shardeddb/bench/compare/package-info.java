/** Databases side by side: interleaved rounds, medians and spread, ratios against what is required. */
@NullMarked
package io.shardeddb.bench.compare;

import org.jspecify.annotations.NullMarked;
