package io.shardeddb.cli.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.records.CollectionClient;
import io.shardeddb.cli.records.Target;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Brings chunks of records into a table or collection. A chunk that is refused is halved until the records are found
 * that cannot be taken, so the others come in. A record that is there already, the same, counts as in: a chunk may have
 * been written by a run that did not live to hear of it.
 */
final class ChunkWriter {

    /** Refusals that say nothing of one record. */
    private static final Set<Integer> OF_ALL = Set.of(401, 403, 404, 405);

    private static final Comparator<JsonNode> NUMBERS = (first, second) -> {
        if (first.isNumber() && second.isNumber()) {
            return first.isIntegralNumber() && second.isIntegralNumber()
                    ? first.bigIntegerValue().compareTo(second.bigIntegerValue())
                    : Double.compare(first.doubleValue(), second.doubleValue());
        }
        return first.equals(second) ? 0 : 1;
    };

    private final Target target;
    private final Rows rows;
    private final CollectionClient collection;
    private final boolean replace;

    ChunkWriter(Target target, Rows rows, CollectionClient collection, boolean replace) {
        this.target = target;
        this.rows = rows;
        this.collection = collection;
        this.replace = replace;
    }

    /** Writes a chunk. @throws CommandFailure when it cannot be settled now, or when no record can be taken */
    ChunkOutcome write(List<ImportedRecord> chunk) throws InterruptedException {
        ChunkOutcome faults = ChunkOutcome.NOTHING;
        List<ImportedRecord> sound = new ArrayList<>();
        for (ImportedRecord entry : chunk) {
            if (entry.content() == null) {
                faults = faults.plus(new ChunkOutcome(0, 0, List.of(entry.refused(entry.fault()))));
            } else {
                sound.add(entry);
            }
        }
        return sound.isEmpty() ? faults : faults.plus(sent(sound));
    }

    private ChunkOutcome sent(List<ImportedRecord> chunk) throws InterruptedException {
        Answer answer = send(chunk);
        if (answer.succeeded()) {
            return new ChunkOutcome(chunk.size(), 0, List.of());
        }
        if (answer.worthRepeating() || answer.status() >= 500 || OF_ALL.contains(answer.status())) {
            Rows.check(answer);
        }
        return chunk.size() > 1 ? inParts(chunk, isDuplicate(answer)) : settled(chunk.getFirst(), answer);
    }

    /**
     * Sends a refused chunk again: without the records that an earlier run has written, or in halves. So those records
     * are not asked for one by one.
     */
    private ChunkOutcome inParts(List<ImportedRecord> chunk, boolean duplicates) throws InterruptedException {
        List<ImportedRecord> missing = duplicates && target instanceof Target.Collection ? missing(chunk) : chunk;
        if (missing.size() < chunk.size()) {
            ChunkOutcome there = new ChunkOutcome(0, chunk.size() - missing.size(), List.of());
            return missing.isEmpty() ? there : there.plus(sent(missing));
        }
        int half = chunk.size() / 2;
        return sent(chunk.subList(0, half)).plus(sent(chunk.subList(half, chunk.size())));
    }

    private ChunkOutcome settled(ImportedRecord only, Answer answer) throws InterruptedException {
        if (isDuplicate(answer) && isThere(content(only))) {
            return new ChunkOutcome(0, 1, List.of());
        }
        return new ChunkOutcome(0, 0, List.of(only.refused(answer.reason())));
    }

    private static boolean isDuplicate(Answer answer) {
        return answer.text().contains("DUPLICATE_KEY");
    }

    /** The documents of a chunk that the collection does not have the same. */
    private List<ImportedRecord> missing(List<ImportedRecord> chunk) throws InterruptedException {
        ObjectNode request = Json.MAPPER.createObjectNode();
        ArrayNode ids = request.putObject("filter").putObject("_id").putArray("$in");
        chunk.forEach(entry -> ids.add(content(entry).path("_id")));
        Map<JsonNode, JsonNode> present = new HashMap<>();
        long _ = collection.stream("find", request, document -> {
            present.put(document.path("_id"), document);
            return true;
        });
        return chunk.stream()
                .filter(entry -> {
                    JsonNode stored = present.get(content(entry).path("_id"));
                    return stored == null || !stored.equals(NUMBERS, content(entry));
                })
                .toList();
    }

    private Answer send(List<ImportedRecord> chunk) throws InterruptedException {
        if (target instanceof Target.Table) {
            return rows.write(
                    chunk.stream().map(ChunkWriter::content).toList(),
                    replace ? Rows.WriteMode.UPSERT : Rows.WriteMode.INSERT);
        }
        ArrayNode documents = Json.MAPPER.createArrayNode();
        chunk.forEach(entry -> documents.add(content(entry)));
        return collection.insert(documents);
    }

    /** Whether what is there under the same key is the same. */
    private boolean isThere(ObjectNode content) throws InterruptedException {
        if (target instanceof Target.Table table) {
            List<String> key = table.spec().primaryKey().stream()
                    .map(column -> content.path(column).asText())
                    .toList();
            Optional<JsonNode> row = rows.get(key);
            return row.isPresent()
                    && content.properties().stream()
                            .allMatch(member -> sameCell(row.get().path(member.getKey()), member.getValue()));
        }
        JsonNode id = content.path("_id");
        // In a path, a text that reads as a number has quotes.
        boolean quoted = id.isTextual() && id.asText().matches("(\".*\"|[+-]?[0-9]+)");
        Optional<JsonNode> document = collection.get(quoted ? id.toString() : id.asText());
        return document.isPresent() && document.get().equals(NUMBERS, content);
    }

    private static boolean sameCell(JsonNode stored, JsonNode given) {
        return stored.equals(NUMBERS, given)
                || (stored.isValueNode() && !stored.isNull() && stored.asText().equals(given.asText()));
    }

    private static ObjectNode content(ImportedRecord entry) {
        return Objects.requireNonNull(entry.content());
    }
}
