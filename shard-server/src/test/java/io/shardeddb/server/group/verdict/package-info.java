/** Tests of refused entries and verdicts. */
@NullMarked
package io.shardeddb.server.group.verdict;

import org.jspecify.annotations.NullMarked;
