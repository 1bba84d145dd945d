/** HTTP: the assignment's server endpoints over the same groups, and the fault switch. */
@NullMarked
package io.shardeddb.server.http;

import org.jspecify.annotations.NullMarked;
