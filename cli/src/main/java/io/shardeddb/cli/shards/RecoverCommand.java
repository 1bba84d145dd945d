package io.shardeddb.cli.shards;

import io.fabric8.kubernetes.api.model.Condition;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import io.shardeddb.cli.proof.Servers;
import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.Shard;
import io.shardeddb.crds.ShardStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

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

    @Mixin
    ShardOptions shard = new ShardOptions();

    @Option(names = "--yes", description = "Do not ask.")
    boolean yes;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long to wait until the shard has a leader. Default: ${DEFAULT-VALUE}.")
    int timeoutSeconds = 60;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() throws InterruptedException, IOException {
        PrintWriter out = terminal.out();
        try (Cluster connected = shard.database.connect()) {
            String owner = shard.owner(connected);
            Shard found = shard.find(connected, owner);
            RecoveryOffer offer = RecoveryOffer.of(found);
            offer.lines().forEach(out::println);
            transactions(connected, found, offer.server()).forEach(out::println);
            out.flush();
            if (!yes && !isConfirmed(out)) {
                throw new CommandFailure(ExitCode.NEGATIVE, "nothing was changed");
            }
            connected.annotate(found, ApiNames.RECOVER_FROM_ANNOTATION, offer.request());
            String leader = await(connected, owner);
            out.println("shard " + shard.name + " goes on, led by " + leader);
            out.flush();
        }
        return ExitCode.OK;
    }

    /** What the servers say of transactions over several shards, as far as they answer. */
    private static List<String> transactions(Cluster connected, Shard found, String survivor) {
        String database = found.getSpec().database();
        List<Shard> shards = connected.shards().stream()
                .filter(each -> each.getSpec().database().equals(database))
                .toList();
        try (Servers servers = Servers.of(connected, database)) {
            return OpenTransactionsText.lines(found.getSpec().name(), survivor, servers.copies(shards));
        }
    }

    private boolean isConfirmed(PrintWriter out) throws IOException {
        out.print("Type the shard's name to go on: ");
        out.flush();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, Charset.defaultCharset()));
        return shard.name.equals(Objects.requireNonNullElse(in.readLine(), "").strip());
    }

    private String await(Cluster connected, String owner) throws InterruptedException {
        return shard.first(connected, owner, timeoutSeconds, RecoverCommand::leader)
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.TEMPORARY,
                        "shard " + shard.name + " has no leader after " + timeoutSeconds
                                + " s; what was asked for stands, see: sdb describe shard " + owner + "-"
                                + shard.name));
    }

    /** Who leads; empty while nobody does. @throws CommandFailure with what the operator says against the request */
    private static Optional<String> leader(ShardStatus status) {
        if (status.leader() == null) {
            refusal(status).ifPresent(refusal -> {
                throw new CommandFailure(ExitCode.TEMPORARY, refusal);
            });
        }
        return Optional.ofNullable(status.leader());
    }

    private static Optional<String> refusal(ShardStatus status) {
        return status.conditions().stream()
                .filter(condition -> Reason.RecoveryRefused.name().equals(condition.getReason()))
                .map(Condition::getMessage)
                .findFirst();
    }
}
