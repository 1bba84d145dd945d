package io.shardeddb.cli.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.output.Ages;
import io.shardeddb.cli.output.Columns;
import io.shardeddb.cli.output.Intervals;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** An object in words: a pure function of the object, its shards, its events and the time. */
final class Description {

    private static final List<String> TOLD_APART = List.of("conditions", "servers", "replicas");

    private final StringBuilder text = new StringBuilder();
    private final Instant now;

    private Description(Instant now) {
        this.now = now;
    }

    /**
     * The text, ended by a line feed.
     *
     * @param shards a database's shards; else empty
     * @param events of this object, in any order
     */
    static String of(JsonNode object, List<JsonNode> shards, List<JsonNode> events, Instant now) {
        Description description = new Description(now);
        description.head(object);
        description.specification(object);
        description.conditions(object.path("status").path("conditions"));
        description.servers(object.path("status").path("servers"));
        description.shards(shards);
        if (object.path("kind").asText().equals("Shard")) {
            description.replicas(object.path("status").path("replicas"));
        }
        description.status(object.path("status"));
        description.events(events);
        return description.text.toString();
    }

    private void head(JsonNode object) {
        JsonNode metadata = object.path("metadata");
        line("Kind", object.path("kind").asText());
        line("Name", metadata.path("name").asText());
        if (metadata.has("namespace")) {
            line("Namespace", metadata.path("namespace").asText());
        }
        if (metadata.path("creationTimestamp").isTextual()) {
            line(
                    "Created",
                    metadata.path("creationTimestamp").asText() + " ("
                            + age(metadata.path("creationTimestamp").asText()) + " ago)");
        }
        if (metadata.has("deletionTimestamp")) {
            line(
                    "Deleting",
                    "since " + metadata.path("deletionTimestamp").asText() + ", waits for "
                            + joined(metadata.path("finalizers")));
        }
        long generation = metadata.path("generation").asLong();
        long observed = object.path("status").path("observedGeneration").asLong();
        if (generation > 0) {
            line(
                    "Generation",
                    generation
                            + (observed == 0
                                    ? " (not looked at yet)"
                                    : observed < generation ? " (the status speaks of " + observed + ")" : ""));
        }
        labels("Labels", metadata.path("labels"));
        labels("Annotations", metadata.path("annotations"));
    }

    private void labels(String title, JsonNode labels) {
        String joined = labels.properties().stream()
                .filter(label -> !label.getKey().contains("last-applied"))
                .map(label -> label.getKey() + "=" + label.getValue().asText())
                .collect(Collectors.joining(", "));
        if (!joined.isEmpty()) {
            line(title, joined);
        }
    }

    private void specification(JsonNode object) {
        if (!object.has("spec")) {
            return;
        }
        heading("Spec");
        block(object.path("spec"));
    }

    private void conditions(JsonNode conditions) {
        if (conditions.isEmpty()) {
            return;
        }
        heading("Conditions");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode condition : conditions) {
            rows.add(List.of(
                    condition.path("type").asText(),
                    condition.path("status").asText(),
                    condition.path("reason").asText("-"),
                    age(condition.path("lastTransitionTime").asText("")),
                    condition.path("message").asText("")));
        }
        table(List.of("Type", "Status", "Reason", "Since", "Message"), rows);
    }

    private void servers(JsonNode servers) {
        if (servers.isEmpty()) {
            return;
        }
        heading("Servers");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode server : servers) {
            rows.add(List.of(
                    server.path("name").asText(),
                    server.path("phase").asText("-"),
                    joined(server.path("shards")),
                    server.path("message").asText("")));
        }
        table(List.of("Name", "Phase", "Shards", "Message"), rows);
    }

    private void shards(List<JsonNode> shards) {
        if (shards.isEmpty()) {
            return;
        }
        heading("Shards");
        List<List<String>> rows = new ArrayList<>();
        shards.stream()
                .sorted(Comparator.comparingLong(shard ->
                        shard.path("spec").path("interval").path("from").asLong()))
                .forEach(shard -> {
                    JsonNode status = shard.path("status");
                    long healthy = stream(status.path("replicas"))
                            .filter(replica -> replica.path("state").asText().equals("Healthy"))
                            .count();
                    rows.add(List.of(
                            shard.path("spec").path("name").asText(),
                            Intervals.text(shard.path("spec").path("interval")),
                            status.path("phase").asText("Pending"),
                            status.path("leader").asText("-"),
                            healthy + "/" + shard.path("spec").path("servers").size()));
                });
        table(List.of("Name", "Positions", "Phase", "Leader", "Healthy"), rows);
    }

    private void replicas(JsonNode replicas) {
        if (replicas.isEmpty()) {
            return;
        }
        heading("Copies");
        List<List<String>> rows = new ArrayList<>();
        for (JsonNode replica : replicas) {
            String more = replica.path("copy").asText("");
            String why = replica.path("message").asText("");
            rows.add(List.of(
                    replica.path("server").asText(),
                    replica.path("role").asText("-"),
                    replica.path("state").asText("-"),
                    replica.path("appliedIndex").asText("-"),
                    replica.path("lag").asText("-"),
                    more.isEmpty() || why.isEmpty() ? more + why : more + "; " + why));
        }
        table(List.of("Server", "Role", "State", "Applied", "Lag", "Message"), rows);
    }

    /** What else the status says. */
    private void status(JsonNode status) {
        if (!(status instanceof ObjectNode)) {
            return;
        }
        ObjectNode rest = status.deepCopy();
        rest.remove(TOLD_APART);
        if (!rest.isEmpty()) {
            heading("Status");
            block(rest);
        }
    }

    private void events(List<JsonNode> events) {
        heading("Events");
        if (events.isEmpty()) {
            text.append("  none\n");
            return;
        }
        List<List<String>> rows = new ArrayList<>();
        events.stream().sorted(Comparator.comparing(Description::time)).forEach(event -> {
            int count =
                    event.path("count").asInt(event.path("series").path("count").asInt(1));
            rows.add(List.of(
                    age(time(event)) + (count > 1 ? " (x" + count + ")" : ""),
                    event.path("type").asText("Normal"),
                    event.path("reason").asText(),
                    event.path("message").asText(event.path("note").asText("")).replace('\n', ' ')));
        });
        table(List.of("Age", "Type", "Reason", "Message"), rows);
    }

    private static String time(JsonNode event) {
        for (String field : List.of("lastTimestamp", "eventTime", "firstTimestamp")) {
            if (event.path(field).isTextual()) {
                return event.path(field).asText();
            }
        }
        return event.path("metadata").path("creationTimestamp").asText("");
    }

    private String age(String timestamp) {
        try {
            return Ages.of(Duration.between(Instant.parse(timestamp), now));
        } catch (DateTimeParseException e) {
            return "-";
        }
    }

    private void line(String title, String value) {
        text.append(String.format("%-13s%s%n", title + ":", value));
    }

    private void heading(String title) {
        text.append(title).append(":\n");
    }

    private void block(JsonNode tree) {
        ObjectText.yaml(tree)
                .lines()
                .forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private void table(List<String> heading, List<List<String>> rows) {
        Columns.of(heading, rows)
                .lines()
                .forEach(line -> text.append("  ").append(line).append('\n'));
    }

    private static String joined(JsonNode words) {
        return stream(words).map(JsonNode::asText).collect(Collectors.joining(", "));
    }

    private static Stream<JsonNode> stream(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
