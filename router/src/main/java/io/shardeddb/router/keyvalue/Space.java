package io.shardeddb.router.keyvalue;

import com.google.protobuf.ByteString;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.value.Row;
import io.shardeddb.protocol.value.Value;
import io.shardeddb.router.route.Projection;
import io.shardeddb.router.route.TableShapes;
import io.shardeddb.router.topology.Topology;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key-value space: a table of fixed shape (docs/key-value.md). Pure.
 *
 * @param table whose rows are the space's keys
 */
public record Space(TableDefinition table) {

    /** Bytes of a key, at most. */
    public static final int MOST_KEY_BYTES = 1_024;

    /** Bytes of a value, at most: 1 MiB. */
    public static final int MOST_VALUE_BYTES = 1 << 20;

    /** Characters of a content type, at most. */
    public static final int MOST_TYPE_CHARACTERS = 255;

    /** The content type of a counter, and of a text. */
    public static final String TEXT = "text/plain";

    static final int KEY = 0;
    static final int VALUE = 1;
    static final int TYPE = 2;
    static final int NUMBER = 3;
    static final int EXPIRES = 4;

    /**
     * The space of a name.
     *
     * @throws DatabaseException SPACE_NOT_FOUND
     */
    public static Space of(Topology topology, String name) {
        TableDefinition table = topology.schema().find(name);
        if (table == null || !TableShapes.isSpace(table)) {
            List<String> names = names(topology);
            throw new DatabaseException(
                    ErrorCode.SPACE_NOT_FOUND,
                    "there is no key-value space '" + name + "'; "
                            + (names.isEmpty() ? "the database has none" : "there are " + String.join(", ", names)),
                    Map.of("space", name));
        }
        return new Space(table);
    }

    /** The names of all spaces, in order. */
    public static List<String> names(Topology topology) {
        return topology.schema().tables().stream()
                .filter(TableShapes::isSpace)
                .map(TableDefinition::name)
                .sorted()
                .toList();
    }

    /**
     * The primary key of a key's row.
     *
     * @throws DatabaseException INVALID_KEY
     */
    public static Row key(ByteString key) {
        if (key.isEmpty() || key.size() > MOST_KEY_BYTES) {
            throw new DatabaseException(
                    ErrorCode.INVALID_KEY,
                    "a key has 1 to " + MOST_KEY_BYTES + " bytes, not " + key.size(),
                    Map.of("bytes", Integer.toString(key.size())));
        }
        return Row.of(new Value.Blob(key));
    }

    /** The row of an entry. */
    Row row(Entry entry) {
        ByteString value = entry.value();
        return Row.of(
                new Value.Blob(entry.key()),
                value == null ? Value.NULL : new Value.Blob(value),
                new Value.Text(entry.type()),
                number(entry.number()),
                number(entry.expires()));
    }

    static Value number(@Nullable Long number) {
        return number == null ? Value.NULL : new Value.Int64(number);
    }

    static @Nullable Long number(Value value) {
        return value instanceof Value.Int64(long number) ? number : null;
    }

    /** What is fetched of each key. */
    enum Fetched {
        ALL(List.of(KEY, VALUE, TYPE, NUMBER, EXPIRES)),
        WITHOUT_VALUE(List.of(KEY, TYPE, NUMBER, EXPIRES)),
        NUMBERS(List.of(KEY, NUMBER, EXPIRES));

        @SuppressWarnings("ImmutableEnumChecker") // List.of() makes it.
        private final List<Integer> columns;

        Fetched(List<Integer> columns) {
            this.columns = columns;
        }

        /** How many columns it has. */
        int size() {
            return columns.size();
        }

        Projection projection(TableDefinition table) {
            return Projection.of(table, columns);
        }

        private @Nullable Value of(Row row, int column) {
            int at = columns.indexOf(column);
            return at < 0 ? null : row.get(at);
        }

        /** The entry of a fetched row. What was not fetched is absent in it, and its type is empty. */
        Entry entry(Row row, long version) {
            if (!(of(row, KEY) instanceof Value.Blob(ByteString key))) {
                throw new IllegalStateException("the key's column holds no bytes");
            }
            return new Entry(
                    key,
                    of(row, VALUE) instanceof Value.Blob(ByteString value) ? value : null,
                    of(row, TYPE) instanceof Value.Text(String type) ? type : "",
                    of(row, NUMBER) instanceof Value.Int64(long number) ? number : null,
                    of(row, EXPIRES) instanceof Value.Int64(long expires) ? expires : null,
                    version);
        }
    }
}
