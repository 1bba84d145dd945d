/** Kubernetes on one machine, as plain processes, for trying and testing. */
@NullMarked
package io.shardeddb.local;

import org.jspecify.annotations.NullMarked;
