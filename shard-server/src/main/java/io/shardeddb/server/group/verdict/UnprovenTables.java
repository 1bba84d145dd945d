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
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tables that the last definition has made here, until it is known that no verdict can refuse them any more: so many voters have them
 * that the rest elects nobody. Until then a leader tells nobody that they are there, and applies nothing behind them, so that nobody relies
 * on what may be taken back. Used on the loop.
 */
public final class UnprovenTables {
    /** No tables are in doubt. */
    public static final long NONE = 0;

    private long entry = NONE;
    private @Nullable EntryOutcome outcome;
    private long version;
    private long versionBefore;

    /**
     * A portion was applied here.
     *
     * @param definition index of the definition that it is; 0: it is something else
     * @param made what came of it
     * @param state after it, which shows its tables; absent where it has changed rows alone
     * @param before the tables before it; absent when there were none
     * @param replica the protocol's view of it
     * @return whether nobody must be told what came of it yet
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
        entry = definition;
        outcome = made;
        version = after.getVersion();
        versionBefore = present;
        look(replica, proven -> {});
        return hold(replica.role());
    }

    /** The definition's entry; {@link #NONE}: no tables are in doubt. */
    public long entry() {
        return entry;
    }

    /** Whether a verdict may still refuse what was made here. */
    public boolean isInDoubt() {
        return entry != NONE;
    }

    /** Whether a verdict refuses what was made here all the same. */
    public boolean isOverruled(KnownVerdicts verdicts) {
        return entry != NONE && !verdicts.on(entry).isEmpty();
    }

    /** They are gone, or proven. */
    public void forget() {
        entry = NONE;
        outcome = null;
    }

    /** Whether this replica leads and must tell nobody of its tables yet. */
    public boolean hold(Role role) {
        return entry != NONE && role == Role.LEADER;
    }

    /**
     * The version of the tables as it is told.
     *
     * @param schema tables as applied
     */
    public long told(Role role, DatabaseSchema schema) {
        return hold(role) && schema.version() == version ? versionBefore : schema.version();
    }

    /** What is waited for; empty when nothing is. */
    public String waiting(Role role) {
        return hold(role)
                ? "the tables of version " + Long.toUnsignedString(version)
                        + " are made here, and wait until more copies have them"
                : "";
    }

    /**
     * Looks whether they are proven by now.
     *
     * @param proven takes what came of the definition, if they are
     */
    public void look(Replica leader, Consumer<EntryOutcome> proven) {
        EntryOutcome known = outcome;
        if (known != null && hold(leader.role())) {
            ReplicaStatus status = leader.status();
            if (stand(entry, leader.self(), status.configuration(), status.peers())) {
                forget();
                proven.accept(known);
            }
        }
    }

    /**
     * Whether a definition can be refused by no verdict any more, in this configuration and in each half of a joint one.
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
