/**
 * Which error is told at the end of a request that several attempts, or several shards, did not answer, and whether
 * somebody still waits for the answer.
 */
@NullMarked
package io.shardeddb.router.failure;

import org.jspecify.annotations.NullMarked;
