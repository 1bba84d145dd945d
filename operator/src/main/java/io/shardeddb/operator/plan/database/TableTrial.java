package io.shardeddb.operator.plan.database;

import io.shardeddb.operator.desired.TablesDecision.Trial;
import io.shardeddb.protocol.wire.SchemaDefinition;
import java.util.List;

/**
 * Tables that servers are to try.
 *
 * @param wanted the tables to try
 * @param present the tables in force
 * @param candidates servers that can be asked
 */
public record TableTrial(SchemaDefinition wanted, SchemaDefinition present, List<Candidate> candidates) {

    public TableTrial {
        candidates = List.copyOf(candidates);
    }

    /**
     * A server that can be asked.
     *
     * @param name for people
     * @param address host:port
     * @param kind what tells its database from those of other servers, as far as it is known
     */
    public record Candidate(String name, String address, String kind) {}

    /** What tells one trial from another: the same tables, and the same kinds of databases. */
    public record Key(SchemaDefinition wanted, SchemaDefinition present, List<String> kinds) {}

    /**
     * What is known of a trial.
     *
     * @param of which trial
     * @param outcome its outcome so far
     */
    public record Told(Key of, Trial outcome) {}

    /** What tells it from another. */
    public Key key() {
        return new Key(
                wanted,
                present,
                candidates.stream().map(Candidate::kind).distinct().sorted().toList());
    }
}
