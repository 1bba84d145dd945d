package io.shardeddb.server.control;

import io.shardeddb.protocol.wire.Uid;

/**
 * Who this server is.
 *
 * @param server its name as given
 * @param database the database that it belongs to
 * @param endpoint host:port at which the others reach it
 * @param volume identity of its data directory
 * @param bootCounter how often a process has started on it
 * @param process random, of this process: two with one boot counter run on copies of one volume
 */
public record ServerIdentity(
        String server, String database, String endpoint, Uid volume, long bootCounter, long process) {}
