package io.shardeddb.cli.objects;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.api.Api;
import io.shardeddb.cli.api.ResourceKind;
import io.shardeddb.cli.cluster.Cluster;
import io.shardeddb.cli.cluster.ClusterOptions;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.output.Terminal;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb get}. */
@Command(
        name = "get",
        mixinStandardHelpOptions = true,
        description = "Lists objects of the cluster, or shows one.",
        footer = {
            "",
            "Examples:",
            "  sdb get sdb                        the databases (short for shardeddatabases)",
            "  sdb get shards -o wide             every shard with more columns",
            "  sdb get sdb students -o yaml       one object whole",
            "  sdb get pods -w                    and every change, until Ctrl-C",
            "  sdb get sdb --context .            in the cluster that kubectl uses now",
            "",
            "Kinds: shardeddatabases (sdb), shards (sh), pods, statefulsets, deployments, services, events,",
            "persistentvolumeclaims and the others that a database consists of. Exit code 1 when there is none."
        })
public final class GetCommand implements Callable<Integer> {

    /** How objects are shown. */
    enum Form {
        TABLE,
        WIDE,
        JSON,
        YAML,
        NAME
    }

    @Mixin
    ClusterOptions cluster = new ClusterOptions();

    @Parameters(index = "0", paramLabel = "KIND", description = "Kind of object, in the singular, plural or short.")
    String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "One object.")
    @Nullable
    String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            description = "table (default), wide, json, yaml or name.")
    Form form = Form.TABLE;

    @Option(
            names = {"-w", "--watch"},
            description = "Then show every change.")
    boolean watch;

    @Option(
            names = {"-A", "--all-namespaces"},
            description = "In all namespaces.")
    boolean everywhere;

    @Option(
            names = {"-l", "--selector"},
            paramLabel = "LABELS",
            description = "Only objects with these labels, for example shardeddb.io/database=students.")
    @Nullable
    String selector;

    @Mixin
    Terminal terminal = new Terminal();

    @Override
    public Integer call() {
        PrintWriter out = terminal.out();
        ResourceKind resource = KindArgument.parse(kind);
        if (name != null && everywhere) {
            throw new CommandFailure(ExitCode.USAGE, "a name is unique in one namespace only: leave -A out");
        }
        try (Cluster connected = cluster.connect()) {
            Listing listing = new Listing(connected.api(), resource, everywhere ? null : connected.namespace());
            boolean table = form == Form.TABLE || form == Form.WIDE;
            TableText text = new TableText(form == Form.WIDE, everywhere);
            JsonNode answer = listing.read(name, selector, table);
            boolean none = print(out, answer, text);
            if (!watch) {
                return none ? ExitCode.NEGATIVE : ExitCode.OK;
            }
            listing.follow(
                    name,
                    selector,
                    table,
                    answer.path("metadata").path("resourceVersion").asText(),
                    event -> {
                        print(out, event, text);
                        // A closed pipe ends the command, as it ends other programs.
                        return !out.checkError();
                    });
        }
        return ExitCode.OK;
    }

    /**
     * Prints an answer in the form asked for.
     *
     * @return true when there was nothing to print
     */
    private boolean print(PrintWriter out, JsonNode answer, TableText text) {
        List<JsonNode> items = new ArrayList<>();
        boolean list = answer.has("items");
        if (list) {
            answer.path("items").forEach(items::add);
        } else {
            items.add(answer);
        }
        boolean none = list
                ? items.isEmpty()
                : answer.has("rows") && answer.path("rows").isEmpty();
        switch (form) {
            case TABLE, WIDE -> out.print(none ? "" : text.of(answer));
            case JSON -> out.print(ObjectText.json(list ? ObjectText.list(answer.path("items")) : answer));
            case YAML ->
                out.print((watch && !list ? "---\n" : "")
                        + ObjectText.yaml(list ? ObjectText.list(answer.path("items")) : answer));
            case NAME ->
                items.forEach(item -> out.println(item.path("kind").asText(singular()) + "/"
                        + item.path("metadata").path("name").asText()));
        }
        if (none && !watch) {
            terminal.err()
                    .println("no " + KindArgument.parse(kind).plural() + " found"
                            + (everywhere ? "" : " in namespace " + cluster.namespace()));
            terminal.err().flush();
        }
        out.flush();
        return none;
    }

    private String singular() {
        return KindArgument.parse(kind).kind();
    }

    /** Paths of one listing. */
    private record Listing(
            Api api, ResourceKind resource, @Nullable String namespace) {

        JsonNode read(@Nullable String name, @Nullable String selector, boolean table) {
            String path = name == null
                    ? resource.path(namespace) + (selector == null ? "" : "?labelSelector=" + Api.encoded(selector))
                    : resource.path(namespace, name);
            return table ? api.table(path) : api.get(path);
        }

        void follow(
                @Nullable String name,
                @Nullable String selector,
                boolean table,
                String since,
                Predicate<JsonNode> more) {
            String query = "?watch=true"
                    + (selector == null ? "" : "&labelSelector=" + Api.encoded(selector))
                    + (name == null ? "" : "&fieldSelector=" + Api.encoded("metadata.name=" + name));
            Continuation from = new Continuation(since);
            while (api.watch(resource.path(namespace) + query + from.query(), table, event -> {
                if (event.path("type").asText().equals("ERROR")) {
                    // The server forgot that version: go on from now, as a client that lists again would.
                    from.restart();
                    return true;
                }
                from.saw(event.path("object"));
                return event.path("type").asText().equals("BOOKMARK") || more.test(event.path("object"));
            })) {
                // The server ends each watch after a while; the next goes on where this one ended.
            }
        }
    }

    /** Where the next watch goes on. */
    private static final class Continuation {
        private String version;

        Continuation(String version) {
            this.version = version;
        }

        void saw(JsonNode object) {
            JsonNode inRow =
                    object.path("rows").path(0).path("object").path("metadata").path("resourceVersion");
            String seen =
                    inRow.asText(object.path("metadata").path("resourceVersion").asText(""));
            version = seen.isEmpty() ? version : seen;
        }

        void restart() {
            version = "";
        }

        String query() {
            return version.isEmpty() ? "" : "&resourceVersion=" + version;
        }
    }
}
