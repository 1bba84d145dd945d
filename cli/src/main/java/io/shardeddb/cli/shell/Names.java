package io.shardeddb.cli.shell;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.records.CollectionClient;
import io.shardeddb.cli.records.Target;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.TablesInForce;
import io.shardeddb.crds.TableSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Asks a router for the names that completion offers, and keeps them for a while. Not thread-safe. */
final class Names {

    /** A person who waits at a key must not wait for long. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final long FRESH_NANOS = Duration.ofSeconds(20).toNanos();

    /** So many documents tell which members there are. */
    private static final int SAMPLE = 50;

    private final RouterClient router;
    private Vocabulary known = Vocabulary.NONE;
    private long askedNanos;
    private boolean asked;

    Names(RouterClient router) {
        this.router = router;
    }

    /** The names as they were a short while ago. Where no router answers, those that were known last. */
    Vocabulary now() {
        if (asked && System.nanoTime() - askedNanos < FRESH_NANOS) {
            return known;
        }
        try {
            known = ask();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (CommandFailure e) {
            // Completion offers what it knows; the next command says what is wrong.
            return known;
        } finally {
            asked = true;
            askedNanos = System.nanoTime();
        }
        return known;
    }

    /** Forgets when it asked last, because something may have changed. */
    void changed() {
        asked = false;
    }

    private Vocabulary ask() throws InterruptedException {
        List<String> tables = new ArrayList<>();
        List<String> collections = new ArrayList<>();
        List<String> spaces = new ArrayList<>();
        Map<String, List<String>> members = new HashMap<>();
        for (TableSpec table : TablesInForce.all(router, PATIENCE)) {
            if (Target.isSpace(table)) {
                spaces.add(table.name());
            } else if (Target.isCollection(table)) {
                collections.add(table.name());
                members.put(table.name(), membersOf(table.name()));
            } else {
                tables.add(table.name());
                members.put(
                        table.name(),
                        table.columns().stream().map(column -> column.name()).toList());
            }
        }
        return new Vocabulary(tables, collections, spaces, members);
    }

    private List<String> membersOf(String collection) throws InterruptedException {
        CollectionClient client = new CollectionClient(router, collection, RequestIds.fresh(), PATIENCE);
        Set<String> names = new LinkedHashSet<>();
        JsonNode page = client.ask("find", Json.object().put("limit", SAMPLE));
        page.path("documents").forEach(document -> document.fieldNames().forEachRemaining(names::add));
        return List.copyOf(names);
    }
}
