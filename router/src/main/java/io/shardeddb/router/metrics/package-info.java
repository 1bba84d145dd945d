/**
 * What the servers say of themselves when asked, and what follows from it: metrics, quorums, candidates for leadership.
 */
@NullMarked
package io.shardeddb.router.metrics;

import org.jspecify.annotations.NullMarked;
