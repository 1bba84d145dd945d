/** Performs one step on a server or on Kubernetes. */
@NullMarked
package io.shardeddb.operator.act;

import org.jspecify.annotations.NullMarked;
