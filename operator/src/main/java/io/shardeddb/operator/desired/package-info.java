/** Kubernetes objects as functions of a database's spec. Pure. */
@NullMarked
package io.shardeddb.operator.desired;

import org.jspecify.annotations.NullMarked;
