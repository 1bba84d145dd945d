/**
 * Time: a group's timestamps, other servers' wall clocks, and whether this machine's clocks can be trusted. States of
 * the clock here: trusted, far from the others', not comparable. Price: while it is not trusted, this server proposes
 * nothing with its own time.
 */
@NullMarked
package io.shardeddb.server.group.clock;

import org.jspecify.annotations.NullMarked;
