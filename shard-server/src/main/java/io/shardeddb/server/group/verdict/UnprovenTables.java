package io.shardeddb.server.group.verdict;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Replica;
import io.shardeddb.consensus.ReplicaStatus;
import io.shardeddb.consensus.Role;
import io.shardeddb.consensus.VoterSet;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.EntryOutcome;
import java.util.ArrayDeque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * The tables that definitions have made here, until it is known that no verdict can refuse them any more: so many
 * voters have them that the rest elects nobody. Until then a leader tells nobody that they are there, and applies
 * nothing behind them, so nobody relies on what may be taken back. A follower goes on, and may have made the tables of
 * several definitions: each of them is proven by itself, and until the first one is, the tables before it are told.
 * Used on the loop.
 */
public final class UnprovenTables {
    /** In log order. */
    private final ArrayDeque<Made> all = new ArrayDeque<>();

    /**
     * One definition.
     *
     * @param entry its log index
     * @param outcome its outcome
     * @param version of its tables
     * @param before version of the tables before it
     */
    record Made(long entry, EntryOutcome outcome, long version, long before) {}

    /**
     * A portion was applied here.
     *
     * @param definition index of the definition that it is; 0: it is something else
     * @param made its outcome
     * @param state after it, which shows its tables; absent where it has changed rows alone
     * @param before the tables before it; absent when there were none
     * @param replica the protocol's view of it
     * @return whether nobody must be told its outcome yet
     */
    public boolean made(
            long definition,
            EntryOutcome made,
            @Nullable AppliedState state,
            @Nullable DatabaseSchema before,
            Replica replica) {
        SchemaDefinition after = state == null ? null : state.schema();
        long present = before == null ? 0 : before.version();
        if (definition == 0 || made.error() != null || after == null || after.getVersion() == present) {
            return false;
        }
        add(new Made(definition, made, after.getVersion(), present));
        look(replica, proven -> {});
        return hold(replica.role());
    }

    void add(Made made) {
        all.add(made);
    }

    /** The definitions' entries, in log order; none: no tables are in doubt. */
    public List<Long> entries() {
        return all.stream().map(Made::entry).toList();
    }

    /** Whether a verdict may still refuse what was made here. */
    public boolean isInDoubt() {
        return !all.isEmpty();
    }

    /** Whether a verdict refuses what was made here all the same. */
    public boolean isOverruled(KnownVerdicts verdicts) {
        return all.stream().anyMatch(made -> !verdicts.on(made.entry()).isEmpty());
    }

    /** They are gone. */
    public void forget() {
        all.clear();
    }

    /** Whether this replica leads and must tell nobody of its tables yet. */
    public boolean hold(Role role) {
        return !all.isEmpty() && role == Role.LEADER;
    }

    /**
     * The version of the tables as it is told.
     *
     * @param applied version of the tables as applied
     */
    public long told(Role role, long applied) {
        return hold(role) && applied == all.getLast().version() ? all.getFirst().before() : applied;
    }

    /** What is waited for; empty when nothing is. */
    public String waiting(Role role) {
        return hold(role)
                ? "the tables of version "
                        + Long.toUnsignedString(all.getFirst().version())
                        + " are made here, and wait until more copies have them"
                : "";
    }

    /**
     * Looks whether they are proven by now.
     *
     * @param proven takes the outcome of each definition that is
     */
    public void look(Replica leader, Consumer<EntryOutcome> proven) {
        if (hold(leader.role())) {
            ReplicaStatus status = leader.status();
            prove(entry -> stand(entry, leader.self(), status.configuration(), status.peers()), proven);
        }
    }

    /**
     * Forgets those that are proven, from the first on.
     *
     * @param stands whether the definition in an entry can be refused by no verdict any more
     * @param proven takes the outcome of each of them
     */
    void prove(LongPredicate stands, Consumer<EntryOutcome> proven) {
        Made first = all.peek();
        while (first != null && stands.test(first.entry())) {
            all.remove();
            proven.accept(first.outcome());
            first = all.peek();
        }
    }

    /**
     * Whether a definition can be refused by no verdict any more, in this configuration and in each half of a joint
     * one.
     *
     * @param entry the definition's
     * @param leader who has carried it out, and asks
     * @param peers what it knows of all others
     */
    static boolean stand(
            long entry, MemberId leader, Configuration configuration, List<ReplicaStatus.PeerStatus> peers) {
        List<MemberId> made = peers.stream()
                .filter(peer -> !peer.quarantined() && peer.appliedIndex() >= entry)
                .map(ReplicaStatus.PeerStatus::id)
                .toList();
        VoterSet outgoing = configuration.outgoing();
        return isSafe(configuration.voters(), leader, made) && (outgoing == null || isSafe(outgoing, leader, made));
    }

    private static boolean isSafe(VoterSet voters, MemberId leader, List<MemberId> made) {
        return !voters.elects(member -> !member.equals(leader) && !made.contains(member));
    }
}
