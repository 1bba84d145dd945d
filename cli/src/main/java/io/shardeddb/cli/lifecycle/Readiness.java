package io.shardeddb.cli.lifecycle;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.waiting.Waiter;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.ShardedDatabaseStatus;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Waits for a database, and says on the way how far it is. */
public final class Readiness {

    private static final long POLL_MILLIS = 250;

    private Readiness() {}

    /**
     * Waits until the operator reports the database ready at its present generation.
     *
     * @param progress hears every change, one line each
     * @throws CommandFailure when the specification was refused, or it takes longer than the timeout
     */
    public static ShardedDatabase await(Cluster cluster, String name, Duration timeout, Consumer<String> progress)
            throws InterruptedException {
        String[] said = {""};
        return Waiter.of(timeout, POLL_MILLIS)
                .first(() -> {
                    ShardedDatabase database = cluster.database(name);
                    if (ready(database)) {
                        return Optional.of(database);
                    }
                    refuseInvalid(database);
                    String state = describe(database);
                    if (!said[0].equals(state)) {
                        progress.accept(state);
                        said[0] = state;
                    }
                    return Optional.empty();
                })
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.TEMPORARY,
                        "database " + name + " is not ready after " + timeout.toSeconds() + " s: " + said[0]
                                + "; it goes on, see sdb status and sdb logs operator"));
    }

    static boolean ready(ShardedDatabase database) {
        @Nullable ShardedDatabaseStatus status = database.getStatus();
        @Nullable Condition ready = status == null ? null : status.condition(ConditionType.Ready);
        return status != null
                && ready != null
                && "True".equals(ready.getStatus())
                && Objects.equals(
                        status.observedGeneration(), database.getMetadata().getGeneration());
    }

    private static void refuseInvalid(ShardedDatabase database) {
        @Nullable ShardedDatabaseStatus status = database.getStatus();
        @Nullable Condition ready = status == null ? null : status.condition(ConditionType.Ready);
        if (ready != null && "InvalidSpec".equals(ready.getReason())) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    "database " + database.getMetadata().getName() + " breaks a rule: " + ready.getMessage());
        }
    }

    static String describe(ShardedDatabase database) {
        @Nullable ShardedDatabaseStatus status = database.getStatus();
        if (status == null) {
            return "waiting for the operator";
        }
        return "servers " + status.readyServers() + "/"
                + database.getSpec().servers().count() + ", shards " + status.readyShards() + "/" + status.shardCount()
                + ", routers " + status.routerReplicas() + "/"
                + database.getSpec().router().replicas();
    }
}
