package io.shardeddb.operator.plan;

import io.shardeddb.crds.Reason;
import io.shardeddb.protocol.wire.ServerStatus;
import io.shardeddb.protocol.wire.TimestampState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who gives timestamps. A change is: seal enough of the old members, so that nothing can be concluded there any more;
 * write down the next epoch, which starts above the greatest that they gave; tell everybody. Each step follows from
 * what is observed, so an operator that was killed between two of them goes on.
 */
public final class TimestampPlan {

    /** As many as a timestamp has numbers for, and odd. */
    private static final int MAX_MEMBERS = 15;

    private TimestampPlan() {}

    /**
     * What is known.
     *
     * @param wanted whether the service is to be on
     * @param size how many members are wanted; the greatest odd number up to it counts
     * @param record the present epoch; absent: there was none
     * @param servers servers that may be members, whether they answer or not
     * @param statuses what servers said; those that do not answer are absent
     * @param addresses host:port of all servers
     */
    public record World(
            boolean wanted,
            int size,
            @Nullable TimestampRecord record,
            List<String> servers,
            Map<String, ServerStatus> statuses,
            Map<String, String> addresses) {

        public World {
            servers = List.copyOf(servers);
            statuses = Map.copyOf(statuses);
            addresses = Map.copyOf(addresses);
        }
    }

    /** One step. */
    public sealed interface Step {

        /** Write down the next epoch, if the present one is still the one that was seen. */
        record Begin(TimestampRecord next) implements Step {}

        /** End the epoch on these servers. */
        record Seal(List<TimestampRecord.Member> members) implements Step {}

        /** Tell these servers the present epoch. */
        record Tell(List<String> servers) implements Step {}

        /** Something that cannot be done now. */
        record Withhold(Refusal refusal) implements Step {}
    }

    /** The next step; absent when nothing is to be done. */
    public static Optional<Step> next(World world) {
        TimestampRecord record = world.record();
        if (record == null) {
            return first(world);
        }
        List<TimestampRecord.Member> chosen = choose(world, record);
        if (!isChangeNeeded(world, record, chosen)) {
            List<String> behind = new ArrayList<>();
            new TreeMap<>(world.statuses()).forEach((server, status) -> {
                if (status.getTimestamps().getGroup().getEpoch() < record.epoch()) {
                    behind.add(server);
                }
            });
            return behind.isEmpty() ? Optional.empty() : Optional.of(new Step.Tell(behind));
        }
        return Optional.of(change(world, record, chosen));
    }

    /** The first epoch, or the one that servers remember though its record is gone: then all of them are asked. */
    private static Optional<Step> first(World world) {
        Optional<TimestampRecord> remembered = world.statuses().values().stream()
                .map(status -> status.getTimestamps().getGroup())
                .filter(group -> group.getEpoch() > 0)
                .map(TimestampRecord::ofWire)
                .max(Comparator.comparingLong(TimestampRecord::epoch));
        boolean allAnswer = world.statuses().keySet().containsAll(world.servers());
        if (remembered.isPresent()) {
            return allAnswer ? Optional.of(new Step.Begin(remembered.get())) : Optional.empty();
        }
        if (!world.wanted() || world.servers().isEmpty() || !allAnswer) {
            return Optional.empty();
        }
        return Optional.of(new Step.Begin(
                new TimestampRecord(1, 0, choose(world, new TimestampRecord(0, 0, List.of())))));
    }

    private static boolean isChangeNeeded(World world, TimestampRecord record, List<TimestampRecord.Member> chosen) {
        boolean on = !record.members().isEmpty();
        if (on != world.wanted()) {
            return world.wanted() ? !chosen.isEmpty() : true;
        }
        if (!on) {
            return false;
        }
        boolean sealed = record.members().stream().anyMatch(member -> isSealed(world, record, member));
        boolean lost = record.members().stream().anyMatch(member -> isLost(world, member));
        boolean resized = chosen.size() != record.members().size()
                && chosen.stream().allMatch(member -> world.statuses().containsKey(member.server()));
        return sealed || lost || resized;
    }

    private static Step change(World world, TimestampRecord record, List<TimestampRecord.Member> chosen) {
        List<TimestampRecord.Member> answering = record.members().stream()
                .filter(member -> world.statuses().containsKey(member.server()) && !isLost(world, member))
                .toList();
        List<TimestampRecord.Member> sealed = answering.stream()
                .filter(member -> isSealed(world, record, member))
                .toList();
        int needed = record.sealsNeeded();
        // Turning it off must not wait for servers that are gone for good: leaders keep their shards' order by
        // themselves.
        boolean enough = sealed.size() >= needed || (!world.wanted() && answering.size() < needed);
        if (enough) {
            long startAbove = sealed.stream()
                    .mapToLong(member -> state(world, member).getGreatest())
                    .reduce(record.startAbove(), Math::max);
            return new Step.Begin(
                    new TimestampRecord(record.epoch() + 1, startAbove, world.wanted() ? chosen : List.of()));
        }
        if (answering.size() >= needed) {
            return new Step.Seal(answering.stream()
                    .filter(member -> !isSealed(world, record, member))
                    .toList());
        }
        return new Step.Withhold(new Refusal(
                "timestamps",
                Reason.TimestampsUnsealed,
                "of the " + record.members().size() + " servers of epoch " + record.epoch() + " only "
                        + answering.size() + " answer with the volume they had, and " + needed
                        + " are needed to end the epoch without giving a timestamp twice;"
                        + " timestamps.mode Hybrid goes on without the service"));
    }

    private static TimestampState state(World world, TimestampRecord.Member member) {
        return Objects.requireNonNull(world.statuses().get(member.server())).getTimestamps();
    }

    private static boolean isSealed(World world, TimestampRecord record, TimestampRecord.Member member) {
        ServerStatus status = world.statuses().get(member.server());
        return status != null
                && Uids.format(status.getVolume()).equals(member.volume())
                && status.getTimestamps().getSealedEpoch() >= record.epoch();
    }

    /** Its server is to go, or answers with another volume. */
    private static boolean isLost(World world, TimestampRecord.Member member) {
        ServerStatus status = world.statuses().get(member.server());
        return !world.servers().contains(member.server())
                || (status != null && !Uids.format(status.getVolume()).equals(member.volume()));
    }

    /** Members that stay, then servers that answer, then members that do not answer just now; an odd number of them. */
    private static List<TimestampRecord.Member> choose(World world, TimestampRecord record) {
        List<TimestampRecord.Member> candidates = new ArrayList<>();
        List<TimestampRecord.Member> silent = new ArrayList<>();
        for (TimestampRecord.Member member : record.members()) {
            if (!isLost(world, member)) {
                (world.statuses().containsKey(member.server()) ? candidates : silent).add(member);
            }
        }
        for (String server : world.servers().stream().sorted().toList()) {
            ServerStatus status = world.statuses().get(server);
            String address = world.addresses().get(server);
            boolean known =
                    candidates.stream().anyMatch(member -> member.server().equals(server));
            if (status != null && address != null && !known) {
                candidates.add(new TimestampRecord.Member(server, Uids.format(status.getVolume()), address));
            }
        }
        candidates.addAll(silent);
        int most = Math.min(Math.min(world.size(), MAX_MEMBERS), candidates.size());
        return List.copyOf(candidates.subList(0, most % 2 == 0 ? Math.max(0, most - 1) : most));
    }
}
