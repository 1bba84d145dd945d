/**
 * What a replica does next, and how a person is told of it: pure functions of a situation, shown rule by rule in the
 * scripts of the tests. Nothing here has a state, waits, or costs more than its comparisons.
 */
@NullMarked
package io.shardeddb.server.group.decision;

import org.jspecify.annotations.NullMarked;
