package io.shardeddb.operator.plan;

import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whether a server is taken down now, and how far that has come: a pure decision over what is observed and the token
 * that is recorded.
 *
 * <p>Order: pods that cannot run as they are, then emptied servers that are to go, then servers with an old template.
 * Of the last, those with a stalled copy come first, because the new template may repair it, and then those that lead
 * least. One at a time; the next one only when the last is healthy and every shard has all its copies, or when it has a
 * stalled copy.
 */
public sealed interface Takedown {

    /** After this long a restarted server that is not healthy is reported. */
    Duration PATIENCE = Duration.ofMinutes(3);

    /** What is held back, and why. */
    List<Refusal> refusals();

    /** Nothing is to be taken down; calm: everything is healthy, so that leaderships may be spread. */
    record Idle(boolean calm, List<Refusal> refusals) implements Takedown {}

    /** Record the token; act in a later reconcile. */
    record Take(String server, @Nullable String pod, String why, List<Refusal> refusals) implements Takedown {}

    /** Move leaderships away, and when there are none, delete the pod that the token names. */
    record DeletePod(String server, List<Refusal> refusals) implements Takedown {}

    /** Remove the server for good. */
    record RemoveServer(String server, List<Refusal> refusals) implements Takedown {}

    /** Keep the token and wait. */
    record Hold(List<Refusal> refusals) implements Takedown {}

    /** Give the token back. */
    record Release(List<Refusal> refusals) implements Takedown {}

    /**
     * One server.
     *
     * @param exists whether its StatefulSet is there
     * @param pod uid of its pod, if it has one
     * @param deleting whether that pod is going
     * @param ready whether that pod is ready
     * @param broken whether that pod cannot run as it is
     * @param outdated whether that pod has an older template than the StatefulSet
     * @param stalled whether a copy on it is stalled
     * @param leads how many shards it leads
     * @param mayStop why it must not stop for a while; absent: it may, or it is not outdated
     * @param mayRemove why it must not go for good; absent: it may, or it is wanted
     */
    record Server(
            boolean exists,
            @Nullable String pod,
            boolean deleting,
            boolean ready,
            boolean broken,
            boolean outdated,
            boolean stalled,
            int leads,
            @Nullable Refusal mayStop,
            @Nullable Refusal mayRemove) {

        static final Server NONE = new Server(false, null, false, false, false, false, false, 0, null, null);
    }

    /**
     * What the decision rests on.
     *
     * @param roster servers wanted
     * @param staying servers that are no longer wanted and must stay
     * @param servers all servers by name
     * @param shardsReady whether every shard has all its copies
     */
    record World(List<String> roster, Set<String> staying, Map<String, Server> servers, boolean shardsReady) {

        private Server server(String name) {
            return servers.getOrDefault(name, Server.NONE);
        }

        private Optional<String> firstBroken() {
            return roster.stream()
                    .filter(name -> server(name).outdated() && server(name).broken())
                    .findFirst();
        }

        /**
         * One that an older template may keep from being well. It is not waited for until all copies are there: that
         * may never be.
         */
        private Optional<String> firstStalled() {
            return roster.stream()
                    .filter(name -> server(name).outdated()
                            && server(name).stalled()
                            && server(name).mayStop() == null)
                    .findFirst();
        }

        private boolean calm() {
            return shardsReady
                    && roster.stream().allMatch(name -> server(name).ready())
                    && servers.entrySet().stream()
                            .filter(entry -> entry.getValue().exists())
                            .allMatch(entry -> roster.contains(entry.getKey()) || staying.contains(entry.getKey()));
        }
    }

    /** The decision. */
    static Takedown decide(World world, @Nullable Disruption held, Instant now) {
        if (held == null) {
            return begin(world);
        }
        Server server = world.server(held.server());
        if (!server.exists()) {
            return new Release(List.of());
        }
        boolean wanted = world.roster().contains(held.server());
        if (held.pod() == null || !wanted) {
            // A removal that is wanted no more, or a restart of a server that is to go now.
            return held.pod() == null && !wanted ? remove(held.server(), server) : new Release(List.of());
        }
        return restart(world, held, server, now);
    }

    private static Takedown begin(World world) {
        Optional<String> broken = world.roster().stream()
                .filter(name ->
                        world.server(name).outdated() && world.server(name).broken())
                .findFirst();
        if (broken.isPresent()) {
            return take(broken.get(), world.server(broken.get()), "its pod cannot run and its template changed");
        }
        Optional<String> emptied = world.servers().entrySet().stream()
                .filter(entry -> entry.getValue().exists() && entry.getValue().mayRemove() == null)
                .map(Map.Entry::getKey)
                .filter(name ->
                        !world.roster().contains(name) && !world.staying().contains(name))
                .sorted()
                .findFirst();
        if (emptied.isPresent()) {
            return new Take(emptied.get(), null, "it is no longer wanted and holds nothing", List.of());
        }
        Optional<String> stalled = world.firstStalled();
        if (stalled.isPresent()) {
            return take(
                    stalled.get(), world.server(stalled.get()), "its template changed, and a copy on it is stalled");
        }
        boolean calm = world.calm();
        Optional<String> outdated = world.roster().stream()
                .filter(name -> world.server(name).outdated())
                .min(Comparator.comparingInt(name -> world.server(name).leads()));
        if (!calm || outdated.isEmpty()) {
            return new Idle(calm, List.of());
        }
        Refusal refusal = world.server(outdated.get()).mayStop();
        return refusal != null
                ? new Idle(false, List.of(refusal))
                : take(outdated.get(), world.server(outdated.get()), "its template changed");
    }

    private static Takedown take(String name, Server server, String why) {
        return new Take(name, Objects.requireNonNull(server.pod()), why, List.of());
    }

    private static Takedown remove(String name, Server server) {
        return server.mayRemove() == null
                ? new RemoveServer(name, List.of())
                : new Release(List.of(server.mayRemove()));
    }

    private static Takedown restart(World world, Disruption held, Server server, Instant now) {
        String name = held.server();
        List<Refusal> late = late(held, server, now);
        if (server.pod() == null || server.deleting()) {
            return new Hold(late);
        }
        if (server.outdated()) {
            if (!server.broken() && server.mayStop() != null) {
                return new Hold(List.of(server.mayStop()));
            }
            return server.pod().equals(held.pod())
                    ? new DeletePod(name, late)
                    : new Take(name, server.pod(), held.reason(), late);
        }
        // Shards may be waiting for the very servers that cannot run and come next.
        boolean goOn = world.shardsReady()
                || world.firstBroken().isPresent()
                || world.firstStalled().isPresent();
        return server.ready() && goOn ? new Release(List.of()) : new Hold(late);
    }

    private static List<Refusal> late(Disruption held, Server server, Instant now) {
        Instant since = Instant.parse(held.since());
        if (now.isBefore(since.plus(PATIENCE))) {
            return List.of();
        }
        return List.of(new Refusal(
                "server " + held.server(),
                Reason.RollingPaused,
                "it was taken down at " + held.since() + " (" + held.reason() + ") and "
                        + (server.ready() ? "not every shard has all its copies" : "its pod is not ready")
                        + " since; no other server is restarted until that is so"));
    }
}
