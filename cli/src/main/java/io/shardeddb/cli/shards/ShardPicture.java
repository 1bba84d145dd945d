package io.shardeddb.cli.shards;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaPicture;
import io.shardeddb.protocol.wire.ReplicaRole;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Standing;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a shard's copies do at this moment, by their own words: where each stands, and what waits and why. A pure
 * function of what the servers said.
 *
 * @param leader the leader of the highest term; absent when no server that answers leads
 * @param copies one for each server that should have or has one, by name
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record ShardPicture(String database, String shard, @Nullable String leader, List<Copy> copies) {

    /**
     * One copy.
     *
     * @param answers whether its server answers and has one; if not, all that follows says nothing
     * @param durableIndex up to where the log is durable here; absent from a server of an older version, like the next
     * @param certainIndex up to where outcomes are known; what is above {@code appliedIndex} is held in an open
     *     transaction
     * @param waits what waits; empty when nothing does
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Copy(
            String server,
            boolean answers,
            String role,
            String state,
            long term,
            long firstIndex,
            long lastIndex,
            @Nullable Long durableIndex,
            long commitIndex,
            @Nullable Long certainIndex,
            long appliedIndex,
            int waitingWrites,
            List<Wait> waits) {

        static Copy silent(String server) {
            return new Copy(server, false, "", "", 0, 0, 0, null, 0, null, 0, 0, List.of());
        }
    }

    /**
     * Something that waits.
     *
     * @param what Copy, Writes, Quorum, Rows, Transactions or the name of a server that lacks entries
     * @param millis for how long so far; 0 when that is not known or has just begun
     */
    record Wait(String what, String reason, long millis) {}

    /**
     * Of what servers said.
     *
     * @param servers that should have a copy
     * @param said by server; one that has no copy or does not answer is absent
     */
    static ShardPicture of(String database, String shard, Collection<String> servers, Map<String, ReplicaStatus> said) {
        TreeSet<String> names = new TreeSet<>(servers);
        names.addAll(said.keySet());
        String leader = null;
        long term = -1;
        for (Map.Entry<String, ReplicaStatus> each : new TreeMap<>(said).entrySet()) {
            if (each.getValue().getRole() == ReplicaRole.LEADER
                    && each.getValue().getTerm() > term) {
                leader = each.getKey();
                term = each.getValue().getTerm();
            }
        }
        List<Copy> copies = new ArrayList<>();
        for (String server : names) {
            ReplicaStatus status = said.get(server);
            copies.add(status == null ? Copy.silent(server) : copy(server, status));
        }
        return new ShardPicture(database, shard, leader, copies);
    }

    private static Copy copy(String server, ReplicaStatus status) {
        boolean tells = status.hasPicture();
        ReplicaPicture picture = status.getPicture();
        return new Copy(
                server,
                true,
                name(status.getRole()),
                name(status.getState()),
                status.getTerm(),
                status.getFirstIndex(),
                status.getLastIndex(),
                tells ? picture.getDurableIndex() : null,
                status.getCommitIndex(),
                tells ? picture.getCertainIndex() : null,
                status.getAppliedIndex(),
                status.getWaitingWrites(),
                waits(status));
    }

    private static List<Wait> waits(ReplicaStatus status) {
        List<Wait> waits = new ArrayList<>();
        ReplicaPicture picture = status.getPicture();
        Standing rows = picture.getApplying();
        // Told once, with its time, where the state's reason says the same.
        boolean same = !rows.getWords().isEmpty() && status.getReason().startsWith(rows.getWords());
        if (!status.getReason().isEmpty()) {
            waits.add(new Wait("Copy", status.getReason(), same ? rows.getMillis() : 0));
        }
        if (picture.hasProposing()) {
            waits.add(wait("Writes", picture.getProposing()));
        } else if (status.getWaitingWrites() > 0) {
            waits.add(new Wait("Writes", status.getWaitingWrites() + " not proposed yet", 0));
        }
        if (picture.hasCommitting()) {
            waits.add(wait("Quorum", picture.getCommitting()));
        }
        if (picture.hasApplying() && !same) {
            waits.add(wait("Rows", rows));
        }
        if (status.getRole() == ReplicaRole.LEADER && picture.getOpenTransactions() > 0) {
            waits.add(new Wait("Transactions", OpenTransactionsText.summary(picture), 0));
        }
        Map<Object, String> servers = new HashMap<>();
        status.getConfiguration()
                .getVotersList()
                .forEach(member -> servers.put(member.getMember(), member.getServer()));
        status.getConfiguration()
                .getLearnersList()
                .forEach(member -> servers.put(member.getMember(), member.getServer()));
        for (MemberProgress progress : status.getProgressList()) {
            String lacks = lacks(progress);
            if (!lacks.isEmpty()) {
                String name = servers.getOrDefault(progress.getMember(), "a member that is not committed yet");
                waits.add(new Wait(name, lacks, progress.getLagMillis()));
            }
        }
        return List.copyOf(waits);
    }

    private static Wait wait(String what, Standing standing) {
        return new Wait(what, standing.getWords(), standing.getMillis());
    }

    /** A leader hears of a follower that it reaches ten times a second. */
    private static final long SILENT_MILLIS = 1_000;

    /** What is the matter with a follower, as its leader sees it; empty if nothing is. */
    private static String lacks(MemberProgress progress) {
        List<String> parts = new ArrayList<>();
        if (progress.getQuarantined()) {
            parts.add("is quarantined");
        }
        if (progress.getNeedsCopy()) {
            parts.add("needs a copy");
        }
        if (Long.compareUnsigned(progress.getSilentMillis(), SILENT_MILLIS) > 0) {
            parts.add(
                    progress.getSilentMillis() == Long.MAX_VALUE
                            ? "never answered this leader"
                            : "has not answered for " + time(progress.getSilentMillis()));
        }
        if (progress.getLagEntries() > 0) {
            parts.add("lacks " + progress.getLagEntries() + (progress.getLagEntries() == 1 ? " entry" : " entries"));
        }
        return String.join(", ", parts);
    }

    /** For example {@code 40 ms}, {@code 3.2 s} or {@code 5 min}. */
    static String time(long millis) {
        if (millis < 1_000) {
            return millis + " ms";
        }
        return millis < 120_000 ? String.format(Locale.ROOT, "%.1f s", millis / 1_000.0) : millis / 60_000 + " min";
    }

    private static String name(Enum<?> constant) {
        String name = constant.name();
        return name.charAt(0) + name.substring(1).toLowerCase(Locale.ROOT);
    }
}
