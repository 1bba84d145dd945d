/** Tests of what the operator asks Kubernetes for. */
@NullMarked
package io.shardeddb.operator.desired;

import org.jspecify.annotations.NullMarked;
