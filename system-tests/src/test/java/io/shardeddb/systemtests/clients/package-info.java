/** Clients of tests, and how much time a machine allows them. */
@NullMarked
package io.shardeddb.systemtests.clients;

import org.jspecify.annotations.NullMarked;
