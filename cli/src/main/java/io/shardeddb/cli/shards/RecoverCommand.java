package io.shardeddb.cli.shards;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sdb recover}. */
@Command(
        name = "recover",
        mixinStandardHelpOptions = true,
        description = {
            "Starts a shard anew from what is left of it, when so many disks are lost for good that no quorum can come together",
            "again. Acknowledged writes may be lost by it: it says what, and asks."
        },
        footer = {
            "",
            "Examples:",
            "  sdb recover sh1              says what is kept and what may be lost, and asks for the shard's name",
            "  sdb recover sh1 --yes        does not ask",
            "",
            "It is refused while a leader is there, while a quorum answers, and while a server is silent that may come back.",
            "It works through an annotation of the Shard object, so it also works where only the Kubernetes API is in reach."
        })
public final class RecoverCommand implements Callable<Integer> {

    private static final long POLL_MILLIS = 200;

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(index = "0", paramLabel = "SHARD", description = "The shard, by the name in sdb shards.")
    String name = "";

    @Option(
            names = {"-d", "--database"},
            paramLabel = "NAME",
            description = "The database. Default: the only one.")
    @Nullable
    String database;

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait until the shard has a leader. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 60;

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        try (Cluster connected = cluster.connect()) {
            String owner = connected.database(database).getMetadata().getName();
            Shard shard = ShardObjects.find(connected, owner, name);
            RecoveryOffer offer = RecoveryOffer.of(shard);
            offer.lines().forEach(out::println);
            out.flush();
            if (!yes && !isConfirmed(out)) {
                throw new CommandFailure(ExitCode.NEGATIVE, "nothing was changed");
            }
            ShardObjects.annotate(connected, shard, ApiNames.RECOVER_FROM_ANNOTATION, offer.request());
            String leader = await(connected, owner);
            out.println("shard " + name + " goes on, led by " + leader);
            out.flush();
        }
        return ExitCode.OK;
    }

    private boolean isConfirmed(PrintWriter out) throws IOException {
        out.print("Type the shard's name to go on: ");
        out.flush();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        return name.equals(Objects.requireNonNullElse(in.readLine(), "").strip());
    }

    private String await(Cluster connected, String owner) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
        while (true) {
            @Nullable
            ShardStatus status = ShardObjects.find(connected, owner, name).getStatus();
            String leader = status == null ? null : status.leader();
            if (leader != null) {
                return leader;
            }
            Optional<String> refusal = status == null ? Optional.empty() : refusal(status);
            if (refusal.isPresent()) {
                throw new CommandFailure(ExitCode.TEMPORARY, refusal.get());
            }
            if (System.nanoTime() > end) {
                throw new CommandFailure(
                        ExitCode.TEMPORARY,
                        "shard " + name + " has no leader after " + timeoutSeconds
                                + " s; what was asked for stands, see: sdb describe shard " + owner + "-" + name);
            }
            Thread.sleep(POLL_MILLIS);
        }
    }

    /** What the operator says against it. */
    private static Optional<String> refusal(ShardStatus status) {
        return status.conditions().stream()
                .filter(condition -> Reason.RecoveryRefused.name().equals(condition.getReason()))
                .map(Condition::getMessage)
                .findFirst();
    }
}
