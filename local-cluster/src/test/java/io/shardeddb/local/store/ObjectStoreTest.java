package io.shardeddb.local.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.tree.Meta;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ObjectStoreTest {
    private static final ObjectKey KEY = new ObjectKey("configmaps", "default", "a");

    @TempDir
    Path directory;

    private static ObjectNode object(String name, int value) {
        ObjectNode object = Tree.object();
        Meta.of(object).put("name", name).put("namespace", "default");
        object.put("value", value);
        return object;
    }

    private static ObjectNode stored(ObjectStore store) {
        return Objects.requireNonNull(store.get(KEY));
    }

    @Test
    void refusesChangesOfWhatHasChanged() throws IOException {
        try (ObjectStore store = new ObjectStore(directory)) {
            ObjectNode first = Objects.requireNonNull(store.create(KEY, object("a", 1)));
            assertThat(store.create(KEY, object("a", 2))).isNull();
            assertThat(store.replace(KEY, first, object("a", 3))).isNotNull();
            assertThat(store.replace(KEY, first, object("a", 4))).isNull();
            assertThat(store.remove(KEY, first)).isNull();
            assertThat(stored(store).path("value").asInt()).isEqualTo(3);
        }
    }

    @Test
    void comesBackFromItsJournalWithItsRevision() throws IOException {
        long revision;
        try (ObjectStore store = new ObjectStore(directory)) {
            ObjectNode first = Objects.requireNonNull(store.create(KEY, object("a", 1)));
            store.replace(KEY, first, object("a", 2));
            ObjectKey other = new ObjectKey("configmaps", "default", "b");
            store.remove(other, Objects.requireNonNull(store.create(other, object("b", 1))));
            revision = store.revision();
        }
        try (ObjectStore store = new ObjectStore(directory)) {
            assertThat(store.revision()).isEqualTo(revision);
            assertThat(store.all()).containsOnlyKeys(KEY);
            assertThat(stored(store).path("value").asInt()).isEqualTo(2);
        }
    }

    @Test
    void dropsATornLastLineAndRefusesDamageBeforeIt() throws IOException {
        Path file = directory.resolve("objects.journal");
        try (ObjectStore store = new ObjectStore(directory)) {
            store.create(KEY, object("a", 1));
        }
        byte[] good = Files.readAllBytes(file);
        Files.writeString(file, "1234 {\"torn", StandardOpenOption.APPEND);
        try (ObjectStore store = new ObjectStore(directory)) {
            assertThat(store.all()).containsOnlyKeys(KEY);
        }
        assertThat(Files.readAllBytes(file)).isEqualTo(good);

        Files.write(file, ("bad line\n" + new String(good, StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> new ObjectStore(directory)).hasMessageContaining("line 1 is damaged");
    }

    @Test
    void rewritesItsJournalWhenMostOfItIsHistory() throws IOException {
        TreeMap<ObjectKey, ObjectNode> objects = new TreeMap<>();
        Path file = directory.resolve("objects.journal");
        try (Journal journal = Journal.open(directory, objects, 1000).journal()) {
            for (int i = 1; i <= 200; i++) {
                objects.put(KEY, object("a", i));
                journal.append(i, KEY, object("a", i));
                journal.compactIfGrown(i, objects.entrySet());
            }
        }
        assertThat(Files.size(file)).isLessThan(4000);
        TreeMap<ObjectKey, ObjectNode> replayed = new TreeMap<>();
        Journal.Opened opened = Journal.open(directory, replayed, 1000);
        opened.journal().close();
        assertThat(opened.revision()).isEqualTo(200);
        assertThat(replayed.get(KEY)).isEqualTo(object("a", 200));
    }

    @Test
    void resumesWatchesWithinItsHistoryOnly() throws IOException, InterruptedException {
        try (ObjectStore store = new ObjectStore(directory)) {
            ObjectNode current = Objects.requireNonNull(store.create(KEY, object("a", 0)));
            long early = store.revision();
            for (int i = 1; i <= 3; i++) {
                current = Objects.requireNonNull(store.replace(KEY, current, object("a", i)));
            }
            try (Subscription resumed = Objects.requireNonNull(store.resume("configmaps", early))) {
                for (int i = 1; i <= 3; i++) {
                    Event event = Objects.requireNonNull(resumed.next(Duration.ofSeconds(5)));
                    assertThat(event.change()).isEqualTo(Event.Change.MODIFIED);
                    assertThat(event.object().path("value").asInt()).isEqualTo(i);
                }
                assertThat(resumed.next(Duration.ZERO)).isNull();
            }
            for (int i = 0; i < ObjectStore.HISTORY + 5; i++) {
                current = Objects.requireNonNull(store.replace(KEY, current, object("a", i)));
            }
            assertThat(store.resume("configmaps", early)).isNull();
            assertThat(store.resume("configmaps", store.revision() + 1)).isNull();
            assertThat(store.resume("secrets", store.revision())).isNotNull();
        }
    }
}
