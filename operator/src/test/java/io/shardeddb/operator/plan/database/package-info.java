/** Plans of a database without Kubernetes. */
@NullMarked
package io.shardeddb.operator.plan.database;

import org.jspecify.annotations.NullMarked;
