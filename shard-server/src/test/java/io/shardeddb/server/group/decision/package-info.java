/** The decisions, rule by rule. */
@NullMarked
package io.shardeddb.server.group.decision;

import org.jspecify.annotations.NullMarked;
