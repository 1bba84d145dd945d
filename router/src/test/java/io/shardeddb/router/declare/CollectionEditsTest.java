package io.shardeddb.router.declare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.utils.Serialization;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.collections.CollectionSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TablePermissions;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class CollectionEditsTest {

    private static final ShardedDatabaseSpec SPEC = spec("""
            sharding: {strategy: Hash}
            tables: [{name: Notes, columns: [{name: id, type: BIGINT}], primaryKey: [id]}]
            collections: [{name: people}, {name: orders, shardKey: customer.id}]
            collectionsOnFirstUse: true
            """);

    private static ShardedDatabaseSpec spec(String yaml) {
        return Serialization.unmarshal(yaml, ShardedDatabaseSpec.class);
    }

    private static void refused(ErrorCode code, ThrowingCallable edit) {
        assertThatThrownBy(edit)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static List<String> names(ShardedDatabaseSpec spec) {
        return spec.collections().stream().map(CollectionSpec::name).toList();
    }

    @Test
    void addsWhatIsNewAndKeepsWhatIsThere() {
        assertThat(names(CollectionEdits.declared(SPEC, new CollectionSpec("events", "a.b"))))
                .containsExactly("people", "orders", "events");
        assertThat(CollectionEdits.declared(SPEC, new CollectionSpec("orders", "customer.id")))
                .isSameAs(SPEC);
        assertThat(CollectionEdits.used(SPEC, "orders")).isSameAs(SPEC);
        assertThat(names(CollectionEdits.used(SPEC, "events"))).containsExactly("people", "orders", "events");
    }

    @Test
    void refusesNamesPathsAndWhatContradicts() {
        refused(ErrorCode.CONFLICT, () -> CollectionEdits.declared(SPEC, new CollectionSpec("orders", null)));
        refused(ErrorCode.CONFLICT, () -> CollectionEdits.declared(SPEC, new CollectionSpec("notes", null)));
        refused(ErrorCode.INVALID_IDENTIFIER, () -> CollectionEdits.used(SPEC, "a b"));
        refused(ErrorCode.MALFORMED_REQUEST, () -> CollectionEdits.declared(SPEC, new CollectionSpec("a", "_id")));
        refused(ErrorCode.MALFORMED_REQUEST, () -> CollectionEdits.declared(SPEC, new CollectionSpec("a", "x..y")));
        ShardedDatabaseSpec ranges = spec("sharding: {strategy: Range}\ncollectionsOnFirstUse: true\n");
        refused(ErrorCode.MALFORMED_REQUEST, () -> CollectionEdits.used(ranges, "a"));
    }

    @Test
    void firstUseNeedsItsSwitchAndIsBounded() {
        ShardedDatabaseSpec off = spec("sharding: {strategy: Hash}\ncollections: [{name: people}]\n");
        refused(ErrorCode.COLLECTION_NOT_FOUND, () -> CollectionEdits.used(off, "events"));
        assertThat(CollectionEdits.used(off, "people")).isSameAs(off);
        List<CollectionSpec> many = new ArrayList<>();
        for (int i = 0; i < CollectionEdits.MOST_ON_FIRST_USE; i++) {
            many.add(new CollectionSpec("c" + i, null));
        }
        ShardedDatabaseSpec full = SPEC.withCollections(many, List.of());
        refused(ErrorCode.COLLECTION_NOT_FOUND, () -> CollectionEdits.used(full, "events"));
        assertThat(CollectionEdits.used(full, "c7")).isSameAs(full);
        assertThat(CollectionEdits.declared(full, new CollectionSpec("events", null))
                        .collections())
                .hasSize(CollectionEdits.MOST_ON_FIRST_USE + 1);
    }

    @Test
    void dropsByPermissionAlone() {
        refused(ErrorCode.UNSAFE, () -> CollectionEdits.dropped(SPEC, "people", TablePermissions.parse("drop orders")));
        refused(ErrorCode.COLLECTION_NOT_FOUND, () -> CollectionEdits.dropped(SPEC, "Notes", TablePermissions.NONE));
        assertThat(names(CollectionEdits.dropped(SPEC, "people", TablePermissions.parse("drop people"))))
                .containsExactly("orders");
    }
}
