/**
 * Simulates what drives the replication protocol in production: the classes of {@code server.group} and
 * {@code server.log} as they are, under modelled time, threads, disks, databases, links, clients and an operator.
 */
@NullMarked
package io.shardeddb.simulator.driver;

import org.jspecify.annotations.NullMarked;
