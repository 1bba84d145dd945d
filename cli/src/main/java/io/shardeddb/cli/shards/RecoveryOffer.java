package io.shardeddb.cli.shards;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.crds.MemberRole;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaSpec;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What can be saved of a shard without a quorum, and what may be lost: a pure function of its object.
 *
 * @param server the server to go on from: of those that have a log and are not quarantined, the one with the longest
 * @param request what the operator is asked: server, member and where its log ends
 * @param lines what a person should know before saying yes
 */
record RecoveryOffer(String server, String request, List<String> lines) {

    /** Where a log ends. */
    private record LogEnd(long term, long index) {
        private static final Comparator<LogEnd> LENGTH =
                Comparator.comparingLong(LogEnd::term).thenComparingLong(LogEnd::index);

        static LogEnd parse(String text) {
            int slash = text.indexOf('/');
            return new LogEnd(Long.parseLong(text.substring(0, slash)), Long.parseLong(text.substring(slash + 1)));
        }
    }

    /**
     * The offer for a shard.
     *
     * @throws CommandFailure when there is nothing to recover from, or when silent servers must be waited for
     */
    static RecoveryOffer of(Shard shard) {
        String name = shard.getSpec().name();
        @Nullable ShardStatus status = shard.getStatus();
        if (status == null || status.leader() != null) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    "shard " + name
                            + (status == null
                                    ? " has not been looked at by the operator yet"
                                    : " has a leader, " + status.leader() + ": there is nothing to recover from"));
        }
        Set<String> voters = new HashSet<>();
        for (ShardReplicaSpec member : shard.getSpec().replicas()) {
            if (member.role() == MemberRole.Voter && member.memberId() != null) {
                voters.add(member.memberId());
            }
        }
        List<ShardReplicaStatus> members = status.replicas().stream()
                .filter(member -> voters.contains(Objects.requireNonNullElse(member.memberId(), "")))
                .toList();
        List<String> silent = members.stream()
                .filter(member -> member.state().equals("Unreachable"))
                .map(ShardReplicaStatus::server)
                .toList();
        if (!silent.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "shard " + name + ": " + String.join(", ", silent)
                            + " may come back with what was acknowledged, and is waited for. If a volume is gone for good, delete"
                            + " the server's pod and its claim, and ask again when the new pod is ready");
        }
        ShardReplicaStatus survivor = members.stream()
                .filter(member -> member.logEnd() != null && member.memberId() != null && !isQuarantined(member))
                .max(Comparator.comparing(RecoveryOffer::end, LogEnd.LENGTH))
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.DATA,
                        "shard " + name + ": "
                                + (members.stream().anyMatch(RecoveryOffer::isQuarantined)
                                        ? "every copy with a log is quarantined: what it has stored is wrong, and the shard cannot go on from"
                                                + " it. Its rows can still be read from its database"
                                        : "no copy with a log is left; nothing can be recovered")));
        return new RecoveryOffer(
                survivor.server(),
                survivor.server() + "/" + survivor.memberId() + "/" + survivor.logEnd(),
                lines(name, members, survivor, status.commitIndex()));
    }

    private static boolean isQuarantined(ShardReplicaStatus member) {
        return member.state().equals("Quarantined");
    }

    private static LogEnd end(ShardReplicaStatus member) {
        return LogEnd.parse(Objects.requireNonNull(member.logEnd()));
    }

    private static List<String> lines(
            String name, List<ShardReplicaStatus> members, ShardReplicaStatus survivor, @Nullable Long committed) {
        List<String> lines = new ArrayList<>();
        lines.add("Shard " + name + " has no leader. Its copies that vote:");
        members.forEach(member -> lines.add("  " + member.server() + ": "
                + (member.logEnd() == null
                        ? member.state()
                        : member.state() + ", its log ends at term "
                                + end(member).term() + ", entry " + end(member).index())
                + (member.equals(survivor) ? "  <- the shard goes on from here" : "")));
        lines.add("Kept: everything in the log of " + survivor.server() + ", acknowledged or not.");
        members.stream()
                .filter(member -> isQuarantined(member) && member.logEnd() != null)
                .forEach(member -> lines.add("Not used: what only " + member.server()
                        + " has. It is quarantined, because what it has stored is wrong."));
        long last = end(survivor).index();
        lines.add(
                committed == null
                        ? "Lost: every acknowledged write that " + survivor.server() + " had not received."
                        : committed > last
                                ? "Lost: at least " + (committed - last) + " log entries, " + (last + 1) + " to "
                                        + committed + ", which were committed and acknowledged, and perhaps more."
                                : "Lost: what was acknowledged and " + survivor.server() + " had not received. Entry "
                                        + committed
                                        + " was the last that was seen committed, up to ten seconds before the end, and is kept.");
        lines.add("The other members never come back; new copies are made from " + survivor.server() + ".");
        return lines;
    }
}
