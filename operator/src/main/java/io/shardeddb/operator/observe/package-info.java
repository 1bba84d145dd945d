/** Gathers what is: reads Kubernetes and asks the servers; changes nothing. */
@NullMarked
package io.shardeddb.operator.observe;

import org.jspecify.annotations.NullMarked;
