package io.shardeddb.router.declare;

import io.shardeddb.crds.ApiNames;
import io.shardeddb.crds.ShardedDatabaseSpec;
import io.shardeddb.crds.ShardingStrategy;
import io.shardeddb.crds.collections.CollectionSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TablePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Edits of a spec's collections. Pure. */
final class CollectionEdits {

    /** With so many collections, none is made on first use any more. */
    static final int MOST_ON_FIRST_USE = 100;

    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_$]{0,55}");
    private static final Pattern PATH = Pattern.compile(CollectionSpec.PATH);

    private CollectionEdits() {}

    /**
     * The spec with a collection; the same one if it has it already.
     *
     * @throws DatabaseException INVALID_IDENTIFIER, MALFORMED_REQUEST, or CONFLICT with a table or another shard key
     */
    static ShardedDatabaseSpec declared(ShardedDatabaseSpec spec, CollectionSpec wanted) {
        requireName(wanted.name());
        requirePath(wanted.shardKey());
        CollectionSpec present = find(spec, wanted.name());
        if (present != null) {
            if (!Objects.equals(present.shardKey(), wanted.shardKey())) {
                throw new DatabaseException(
                        ErrorCode.CONFLICT,
                        "collection " + wanted.name() + " exists with "
                                + (present.shardKey() == null
                                        ? "no shard key"
                                        : "the shard key '" + present.shardKey() + "'"),
                        Map.of("collection", wanted.name()));
            }
            return spec;
        }
        boolean taken =
                spec.expanded().tables().stream().anyMatch(table -> table.name().equalsIgnoreCase(wanted.name()));
        if (taken) {
            throw new DatabaseException(
                    ErrorCode.CONFLICT,
                    "a table, collection or key-value space has the name " + wanted.name()
                            + ", in this or another case",
                    Map.of("collection", wanted.name()));
        }
        if (spec.sharding().strategy() != ShardingStrategy.Hash) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "collections need the sharding strategy Hash; this database has "
                            + spec.sharding().strategy());
        }
        List<CollectionSpec> all = new ArrayList<>(spec.collections());
        all.add(wanted);
        return spec.withCollections(all, spec.keyValueSpaces());
    }

    /**
     * The spec with a collection that is used for the first time; the same one if it has it already.
     *
     * @throws DatabaseException COLLECTION_NOT_FOUND where first use may not make it, else as {@link #declared}
     */
    static ShardedDatabaseSpec used(ShardedDatabaseSpec spec, String name) {
        if (find(spec, name) != null) {
            return spec;
        }
        if (!Boolean.TRUE.equals(spec.collectionsOnFirstUse())) {
            throw notFound(name, "; declare it in spec.collections, or set spec.collectionsOnFirstUse");
        }
        if (spec.collections().size() >= MOST_ON_FIRST_USE) {
            throw notFound(
                    name,
                    ", and first use makes none where there are " + MOST_ON_FIRST_USE
                            + "; declare it in spec.collections");
        }
        return declared(spec, new CollectionSpec(name, null));
    }

    /**
     * The spec without a collection.
     *
     * @param allowed what the object's annotation allows
     * @throws DatabaseException COLLECTION_NOT_FOUND, or UNSAFE where the annotation does not allow it
     */
    static ShardedDatabaseSpec dropped(ShardedDatabaseSpec spec, String name, TablePermissions allowed) {
        if (find(spec, name) == null) {
            throw notFound(name, " in spec.collections");
        }
        String permission = "drop " + name;
        if (!allowed.allowed().contains(permission)) {
            throw new DatabaseException(
                    ErrorCode.UNSAFE,
                    "the collection's documents would be lost; allow it in the object's annotation "
                            + ApiNames.ALLOW_TABLE_CHANGES_ANNOTATION + ", which must contain '" + permission + "'",
                    Map.of("collection", name, "permission", permission));
        }
        return spec.withCollections(
                spec.collections().stream()
                        .filter(each -> !each.name().equals(name))
                        .toList(),
                spec.keyValueSpaces());
    }

    private static @Nullable CollectionSpec find(ShardedDatabaseSpec spec, String name) {
        return spec.collections().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private static DatabaseException notFound(String name, String more) {
        return new DatabaseException(
                ErrorCode.COLLECTION_NOT_FOUND, "there is no collection " + name + more, Map.of("collection", name));
    }

    private static void requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new DatabaseException(
                    ErrorCode.INVALID_IDENTIFIER,
                    "a collection's name is a letter or underscore, then letters, digits, underscores or dollar signs,"
                            + " 56 characters at most; not '" + name + "'",
                    Map.of("field", "name"));
        }
    }

    private static void requirePath(@Nullable String path) {
        boolean wrong = path != null
                && (path.length() > CollectionSpec.LONGEST_PATH
                        || !PATH.matcher(path).matches()
                        || path.equals("_id")
                        || path.startsWith("_id."));
        if (wrong) {
            throw new DatabaseException(
                    ErrorCode.MALFORMED_REQUEST,
                    "a shard key is a path such as customer.id, not '" + path + "'; leave it out where _id decides",
                    Map.of("field", "shardKey"));
        }
    }
}
