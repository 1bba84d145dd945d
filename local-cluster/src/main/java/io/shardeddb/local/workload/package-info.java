/** The controllers that a control plane runs: StatefulSets, Deployments, Services, volumes, garbage collection. */
@NullMarked
package io.shardeddb.local.workload;

import org.jspecify.annotations.NullMarked;
