package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ServerStatus;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardPhase;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import io.shardeddb.operator.desired.Naming;
import io.shardeddb.operator.observe.DatabaseObservation;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A database's status as a function of what was observed and decided. */
public final class DatabaseReport {

    private final ShardedDatabase database;
    private final DatabaseObservation observation;
    private final List<String> roster;
    private final int shardsWanted;
    private final Map<String, String> withheld;
    private final InstantSource clock;

    /**
     * Takes what the report is about.
     *
     * @param roster servers wanted
     * @param shardsWanted shards that the spec asks for
     * @param withheld what is refused, by what it is about
     */
    public DatabaseReport(
            ShardedDatabase database,
            DatabaseObservation observation,
            List<String> roster,
            int shardsWanted,
            Map<String, String> withheld,
            InstantSource clock) {
        this.database = database;
        this.observation = observation;
        this.roster = roster;
        this.shardsWanted = shardsWanted;
        this.withheld = withheld;
        this.clock = clock;
    }

    /** The status now. */
    public ShardedDatabaseStatus status(
            @Nullable Long schemaVersion,
            @Nullable String schemaHash,
            @Nullable String endpoint,
            @Nullable Disruption disruption,
            List<String> violations) {
        ShardedDatabaseStatus before = before();
        List<ServerStatus> servers = servers();
        int readyServers = (int) roster.stream().filter(observation::ready).count();
        int readyShards = (int) observation.shards().values().stream()
                .filter(shard -> phase(shard) == ShardPhase.Ready)
                .count();
        int routers = readyRouters(observation.router());
        Conditions conditions = new Conditions(before.conditions(), generation(), clock);
        String missing = missing(readyServers, readyShards, routers);
        boolean ready = violations.isEmpty() && missing.isEmpty();
        Reason why = violations.isEmpty() ? progressReason(readyServers, readyShards) : Reason.InvalidSpec;
        conditions.set(
                ConditionType.Ready,
                ready,
                ready ? Reason.AllReady : why,
                ready
                        ? "all servers, shards and routers are ready"
                        : violations.isEmpty() ? missing : String.join("; ", violations));
        boolean leaving = observation.sets().keySet().stream().anyMatch(server -> !roster.contains(server));
        boolean busy = violations.isEmpty() && (!missing.isEmpty() || leaving || disruption != null);
        conditions.set(
                ConditionType.Progressing,
                busy,
                !busy
                        ? Reason.Settled
                        : leaving ? Reason.DrainingServer : disruption != null ? Reason.RollingServers : why,
                busy ? progress(missing, leaving) : "nothing is in progress");
        setDegraded(conditions);
        setDataSafe(conditions);
        conditions.set(
                ConditionType.Withheld,
                !withheld.isEmpty(),
                withheld.isEmpty() ? Reason.NothingWithheld : Reason.NotEnoughServers,
                withheld.isEmpty()
                        ? "nothing is withheld"
                        : withheld.entrySet().stream()
                                .map(entry -> entry.getKey() + ": " + entry.getValue())
                                .collect(Collectors.joining("; ")));
        return new ShardedDatabaseStatus(
                generation(),
                conditions.list(),
                schemaVersion,
                schemaHash,
                servers,
                observation.sets().size(),
                readyServers,
                observation.shards().size(),
                readyShards,
                routers,
                endpoint,
                ApiSelector.of(database.getMetadata().getName()),
                disruption);
    }

    private ShardedDatabaseStatus before() {
        return Objects.requireNonNullElseGet(database.getStatus(), ShardedDatabaseStatus::unknown);
    }

    private long generation() {
        return Objects.requireNonNullElse(database.getMetadata().getGeneration(), 0L);
    }

    private String missing(int readyServers, int readyShards, int routers) {
        List<String> parts = new ArrayList<>();
        if (readyServers < roster.size()) {
            parts.add(readyServers + " of " + roster.size() + " servers are ready");
        }
        if (readyShards < shardsWanted) {
            parts.add(readyShards + " of " + shardsWanted + " shards are ready");
        }
        if (routers < database.getSpec().router().replicas()) {
            parts.add(routers + " of " + database.getSpec().router().replicas() + " routers are ready");
        }
        return String.join(", ", parts);
    }

    private Reason progressReason(int readyServers, int readyShards) {
        if (database.getSpec().paused()) {
            return Reason.Paused;
        }
        if (observation.shards().values().stream().anyMatch(shard -> phase(shard) == ShardPhase.Unavailable)) {
            return Reason.QuorumLost;
        }
        if (readyServers < roster.size()) {
            return Reason.ServersStarting;
        }
        return readyShards < shardsWanted ? Reason.ShardsGrowing : Reason.RoutersStarting;
    }

    private String progress(String missing, boolean leaving) {
        Set<String> gone = new TreeSet<>(observation.sets().keySet());
        roster.forEach(gone::remove);
        String draining = leaving ? "draining " + String.join(", ", gone) : "";
        if (missing.isEmpty()) {
            return draining.isEmpty() ? "rolling the servers" : draining;
        }
        return draining.isEmpty() ? missing : missing + "; " + draining;
    }

    private void setDegraded(Conditions conditions) {
        Collection<Shard> shards = observation.shards().values();
        List<String> worse = shards.stream()
                .filter(shard -> phase(shard) == ShardPhase.Degraded || phase(shard) == ShardPhase.Unavailable)
                .map(shard -> shard.getSpec().name() + " is " + phase(shard))
                .toList();
        boolean lost = shards.stream().anyMatch(shard -> phase(shard) == ShardPhase.Unavailable);
        conditions.set(
                ConditionType.Degraded,
                !worse.isEmpty(),
                worse.isEmpty() ? Reason.AllReady : lost ? Reason.QuorumLost : Reason.MissingCopies,
                worse.isEmpty() ? "every shard that exists serves with all its copies" : String.join(", ", worse));
    }

    private void setDataSafe(Conditions conditions) {
        List<String> unsafe = observation.shards().values().stream()
                .filter(shard -> shard.getStatus() == null
                        || shard.getStatus().conditions().stream()
                                .noneMatch(condition ->
                                        ConditionType.DataSafe.name().equals(condition.getType())
                                                && "True".equals(condition.getStatus())))
                .map(shard -> shard.getSpec().name())
                .toList();
        boolean single = database.getSpec().replication().replicas() == 1;
        conditions.set(
                ConditionType.DataSafe,
                unsafe.isEmpty(),
                unsafe.isEmpty() ? Reason.AllCopies : single ? Reason.SingleCopy : Reason.MissingCopies,
                unsafe.isEmpty()
                        ? "every shard has at least two healthy copies"
                        : "fewer than two healthy copies: " + String.join(", ", unsafe));
    }

    private List<ServerStatus> servers() {
        Set<String> names = new java.util.LinkedHashSet<>(roster);
        names.addAll(observation.sets().keySet());
        List<ServerStatus> servers = new ArrayList<>();
        for (String name : names) {
            boolean exists = observation.sets().containsKey(name);
            boolean answers = observation.servers().servers().containsKey(name);
            boolean wanted = roster.contains(name);
            String phase = !wanted
                    ? "Draining"
                    : !exists || observation.pods().get(name) == null
                            ? "Starting"
                            : observation.ready(name) ? "Ready" : answers ? "Starting" : "Unreachable";
            servers.add(new ServerStatus(
                    name,
                    exists
                            ? Objects.requireNonNull(observation.sets().get(name))
                                    .getMetadata()
                                    .getName()
                            : "",
                    phase,
                    observation.shards().values().stream()
                            .filter(shard -> shard.getSpec().servers().contains(name))
                            .map(shard -> shard.getSpec().name())
                            .toList(),
                    withheld.get(name)));
        }
        return servers;
    }

    private static ShardPhase phase(Shard shard) {
        return shard.getStatus() == null
                ? ShardPhase.Pending
                : shard.getStatus().phase();
    }

    private static int readyRouters(@Nullable Deployment router) {
        return router == null || router.getStatus() == null
                ? 0
                : Objects.requireNonNullElse(router.getStatus().getReadyReplicas(), 0);
    }

    /** Where the router answers: the address that its Service was given, else its name in the cluster. */
    public static @Nullable String endpoint(@Nullable Service service) {
        if (service == null) {
            return null;
        }
        if (service.getStatus() != null && service.getStatus().getLoadBalancer() != null) {
            List<LoadBalancerIngress> ingress =
                    service.getStatus().getLoadBalancer().getIngress();
            if (ingress != null && !ingress.isEmpty()) {
                LoadBalancerIngress first = ingress.getFirst();
                String host = first.getIp() != null ? first.getIp() : first.getHostname();
                int port = first.getPorts() == null || first.getPorts().isEmpty()
                        ? Naming.HTTP_PORT
                        : first.getPorts().getFirst().getPort();
                return "http://" + host + ":" + port;
            }
        }
        return "http://" + service.getMetadata().getName() + "."
                + service.getMetadata().getNamespace() + ".svc:" + Naming.HTTP_PORT;
    }

    /** The selector of the scale subresource. */
    private static final class ApiSelector {
        static String of(String database) {
            return new java.util.TreeMap<>(Naming.serverSelector(database))
                    .entrySet().stream()
                            .map(entry -> entry.getKey() + "=" + entry.getValue())
                            .collect(Collectors.joining(","));
        }
    }
}
