package io.shardeddb.cli.shards;

import io.shardeddb.protocol.wire.OpenTransaction;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What servers say of transactions over several shards that are not over, for people. Pure. */
final class OpenTransactionsText {

    private OpenTransactionsText() {}

    /** How many there are at one copy, for example {@code 2 prepared, 1 decided and not committed everywhere}. */
    static String summary(ReplicaPicture picture) {
        int decided = picture.getDecidedTransactions();
        int prepared = picture.getOpenTransactions() - decided;
        return prepared + " prepared, " + decided + " decided and not committed everywhere";
    }

    private static String name(OpenTransaction transaction) {
        return transaction.getAttempt().getClient() + "/"
                + transaction.getAttempt().getNumber();
    }

    /**
     * What happens to transactions when a shard goes on from one copy.
     *
     * @param shard that is recovered
     * @param survivor server of the copy from which it goes on
     * @param said copies of all shards of the database, by shard and server; those that do not answer are absent
     * @return lines to show; each is a sentence or a list's item
     */
    static List<String> lines(String shard, String survivor, Map<String, Map<String, ReplicaStatus>> said) {
        ReplicaStatus kept = said.getOrDefault(shard, Map.of()).get(survivor);
        if (kept == null || !kept.hasPicture()) {
            return List.of("Transactions over several shards: not known, because " + survivor + " does not answer.");
        }
        Map<Uid, String> names = new HashMap<>();
        said.forEach((name, copies) -> copies.values().forEach(copy -> names.put(copy.getGroup(), name)));
        List<String> lines = new ArrayList<>();
        Set<String> decided = new HashSet<>();
        for (OpenTransaction each : kept.getPicture().getTransactionsList()) {
            String shards = String.join(
                    ", ",
                    each.getOthersList().stream()
                            .map(other -> names.getOrDefault(other, "another shard"))
                            .sorted()
                            .toList());
            if (each.getDecided()) {
                decided.add(name(each));
                lines.add("  " + name(each) + " is decided here, and not committed in " + shards + ": it will be");
            } else {
                lines.add("  " + name(each) + " is prepared here: " + shards + " says how it ends");
            }
        }
        new TreeMap<>(said).forEach((other, copies) -> {
            ReplicaStatus latest = other.equals(shard) ? null : latest(copies);
            if (latest != null) {
                asks(latest, kept.getGroup(), decided)
                        .forEach(name -> lines.add("  " + name + " is prepared in "
                                + other + ", and " + shard
                                + " was to decide it: what is kept has no decision, so it will"
                                + " be released. If its client was told that it is done, a part of it may be lost"));
            }
        });
        if (lines.isEmpty()) {
            return List.of("Transactions over several shards: none is open.");
        }
        lines.addFirst("Transactions over several shards that are not over:");
        int more = kept.getPicture().getOpenTransactions() - kept.getPicture().getTransactionsCount();
        if (more > 0) {
            lines.add("  and " + more + " more");
        }
        return lines;
    }

    private static @Nullable ReplicaStatus latest(Map<String, ReplicaStatus> copies) {
        return copies.values().stream()
                .max(Comparator.comparingLong(ReplicaStatus::getAppliedIndex))
                .orElse(null);
    }

    /** What a copy has prepared that a group was to decide, and has not by what is known of it. */
    private static List<String> asks(ReplicaStatus copy, Uid decider, Set<String> decided) {
        return copy.getPicture().getTransactionsList().stream()
                .filter(each -> !each.getDecided()
                        && each.getOthersCount() > 0
                        && Objects.equals(each.getOthers(0), decider)
                        && !decided.contains(name(each)))
                .map(OpenTransactionsText::name)
                .toList();
    }
}
