package io.shardeddb.cli.shards;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardReplicaStatus;
import io.shardeddb.crds.ShardStatus;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb promote}. */
@Command(
        name = "promote",
        mixinStandardHelpOptions = true,
        description = {
            "Makes a server lead a shard, and keeps it there: the operator moves the leadership whenever that server has a",
            "healthy copy, and leaves the shard out when it spreads leaderships evenly. Prints how good a leader each server",
            "would be."
        },
        footer = {
            "",
            "Examples:",
            "  sdb promote sh1 server-2",
            "  sdb promote shard-0 server-1 -d shop     where several databases run",
            "  sdb promote sh1 --release                let the operator choose again",
            "",
            "It works through an annotation of the Shard object, so it also works where only the Kubernetes API is in reach."
        })
public final class PromoteCommand implements Callable<Integer> {

    @Mixin
    ShardOptions shard = new ShardOptions();

    @Parameters(index = "1", arity = "0..1", paramLabel = "SERVER", description = "The server that shall lead it.")
    @Nullable
    String server;

    @Option(names = "--release", description = "No longer prefer a leader for this shard.")
    boolean release;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait until it leads. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 30;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        if (release == (server != null)) {
            throw new CommandFailure(ExitCode.USAGE, "give the server that shall lead, or --release");
        }
        try (Cluster connected = shard.database.connect()) {
            String owner = shard.owner(connected);
            Shard found = shard.find(connected, owner);
            if (server == null) {
                connected.annotate(found, ApiNames.PREFERRED_LEADER_ANNOTATION, null);
                out.println(shard.name + " has no preferred leader any more");
            } else {
                refuseUnfit(found, server);
                connected.annotate(found, ApiNames.PREFERRED_LEADER_ANNOTATION, server);
                await(connected, owner, server);
                out.println(server + " leads " + shard.name + ": asked for by hand");
                out.println(scores(connected, owner));
            }
            out.flush();
        }
        return ExitCode.OK;
    }

    /** How good a leader each server would be, as the router says; the promotion itself needs no router. */
    private String scores(Cluster connected, String owner) throws InterruptedException {
        ObjectNode question = Json.object().put("shard", shard.name).put("dry_run", true);
        try (RouterClient router = new RouterClient(TableOptions.endpoint(connected.database(owner)))) {
            RouterClient.Answer answer = router.send("POST", "/elect-leader", question, Map.of());
            return answer.succeeded() ? ScoresText.of(answer.body()) : "scores: not known, " + answer.reason();
        } catch (CommandFailure e) {
            return "scores: not known, " + e.getMessage();
        }
    }

    /** Says at once what the operator would say later. */
    static void refuseUnfit(Shard shard, String server) {
        @Nullable ShardStatus status = shard.getStatus();
        List<ShardReplicaStatus> replicas = status == null ? List.of() : status.replicas();
        ShardReplicaStatus copy = replicas.stream()
                .filter(replica -> replica.server().equals(server))
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.DATA,
                        server + " has no copy of " + shard.getSpec().name() + "; copies are on "
                                + replicas.stream()
                                        .map(ShardReplicaStatus::server)
                                        .toList()));
        if (!copy.state().equals("Healthy") || "Learner".equals(copy.role())) {
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    "the copy of " + shard.getSpec().name() + " on " + server + " cannot lead now: it is "
                            + copy.state() + ("Learner".equals(copy.role()) ? " and has no vote yet" : ""));
        }
    }

    private void await(Cluster connected, String owner, String server) throws InterruptedException {
        Optional<Boolean> leads = shard.first(
                connected,
                owner,
                timeoutSeconds,
                status -> Optional.of(true).filter(_ -> server.equals(status.leader())));
        if (leads.isEmpty()) {
            @Nullable ShardStatus status = shard.find(connected, owner).getStatus();
            throw new CommandFailure(
                    ExitCode.TEMPORARY,
                    server + " does not lead " + shard.name + " after " + timeoutSeconds + " s (leader: "
                            + (status == null ? "none" : status.leader())
                            + "); it stays wanted, see: sdb describe shard " + owner + "-" + shard.name);
        }
    }
}
