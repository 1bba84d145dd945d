/**
 * The rows of the modelled databases. What a log comes to is decided by the production code of requests and
 * transactions, over rows in memory; an observer of everything compares what the replicas make of it.
 */
@NullMarked
package io.shardeddb.simulator.driver.rows;

import org.jspecify.annotations.NullMarked;
