package io.shardeddb.server.store.schema;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.ColumnDefinition;
import io.shardeddb.protocol.schema.DatabaseSchema;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.CommittedEntry;
import io.shardeddb.server.store.request.EntryWork;
import io.shardeddb.server.store.sql.SqlText;
import io.shardeddb.server.store.state.StoredSchema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether one schema may follow another, the same on every replica. What is allowed depends on the definition's rules
 * alone: with rules 0 it only adds tables, and nullable columns behind the others; see {@link TableRules} for
 * rules 1 and 2.
 */
public final class SchemaChange {

    /** The greatest {@link SchemaDefinition#getRules} that this server knows. */
    public static final int KNOWN_RULES = CommittedEntry.KNOWN_RULES;

    private SchemaChange() {}

    /**
     * Why a leader does not even put a definition into its log; absent when it may. Beyond what applying refuses, a
     * version that is in force cannot be given another content, and rules that are not known here would stop every
     * replica.
     *
     * @param present the tables in force, as far as they are known; absent: none are
     */
    public static @Nullable DatabaseException objection(@Nullable DatabaseSchema present, SchemaDefinition asked) {
        DatabaseException beyond = beyondRules(asked);
        if (beyond != null) {
            return beyond;
        }
        try {
            DatabaseSchema after = DatabaseSchema.ofWire(asked);
            if (present == null || after.version() > present.version()) {
                return refusal(present, after, asked);
            }
            // It was defined before, and perhaps more since then.
            DatabaseException missing = refusal(after, present);
            if (missing == null && after.version() == present.version()) {
                missing = refusal(present, after);
            }
            boolean same = after.version() < present.version() || TableRules.sameIndexes(present, after);
            return missing == null && same
                    ? null
                    : refused(
                            "version " + present.version()
                                    + " is in force and differs from what is asked for as version "
                                    + after.version() + ": a changed definition needs a version above "
                                    + present.version(),
                            "");
        } catch (DatabaseException e) {
            return e;
        } catch (IllegalArgumentException e) {
            return refused(String.valueOf(e.getMessage()), "");
        }
    }

    /**
     * Why a definition asks for more than its rules, or its rules for more than this server, knows; absent when all is
     * known.
     */
    public static @Nullable DatabaseException beyondRules(SchemaDefinition asked) {
        if (CommittedEntry.isUnknown(asked)) {
            return refused(
                    "the definition is made by rules " + Integer.toUnsignedString(asked.getRules())
                            + ", this server knows those up to " + KNOWN_RULES,
                    "");
        }
        if (!TableRules.asksBeyondItsRules(asked)) {
            return null;
        }
        if (TableRules.hasPathIndexes(asked)) {
            return refused(
                    "indexes of paths need rules " + TableRules.PATH_INDEXES + ", not "
                            + Integer.toUnsignedString(asked.getRules()),
                    "");
        }
        return asked.getTakesBackCount() > 0
                ? refused("what is taken back needs rules 2, not " + asked.getRules(), "")
                : refused("indexes, and what goes or becomes narrower, need rules 1, not 0", "");
    }

    /** The schema to make; absent when the definition changes nothing, or is refused (which is set in the work). */
    static @Nullable StoredSchema next(
            EntryWork work, SqlText sql, @Nullable StoredSchema present, SchemaDefinition definition) {
        if (present != null && definition.getVersion() <= present.version()) {
            return null;
        }
        try {
            DatabaseSchema after = DatabaseSchema.ofWire(definition);
            DatabaseException refusal = refusal(present == null ? null : present.definition(), after, definition);
            if (refusal == null) {
                return new StoredSchema(sql, after);
            }
            work.refused(refusal.toWire());
        } catch (DatabaseException e) {
            work.refused(e.toWire());
        } catch (IllegalArgumentException e) {
            work.refused(new DatabaseException(ErrorCode.INVALID_SCHEMA, String.valueOf(e.getMessage())).toWire());
        }
        return null;
    }

    /**
     * Why the change is refused; absent when it may be made.
     *
     * @param after the tables of the definition
     */
    public static @Nullable DatabaseException refusal(
            @Nullable DatabaseSchema before, DatabaseSchema after, SchemaDefinition definition) {
        return definition.getRules() == 0 ? refusal(before, after) : TableRules.refusal(before, after, definition);
    }

    /** Why rules 0 refuse it. Old entries of logs are judged by it for ever: it never changes. */
    private static @Nullable DatabaseException refusal(@Nullable DatabaseSchema before, DatabaseSchema after) {
        if (before == null) {
            return null;
        }
        if (before.strategy() != after.strategy()) {
            return refused(
                    "the sharding strategy cannot change from " + before.strategy() + " to " + after.strategy(), "");
        }
        for (TableDefinition old : before.tables()) {
            TableDefinition table = after.find(old.name());
            if (table == null) {
                return refused("table " + old.name() + " cannot be dropped", old.name());
            }
            DatabaseException refusal = refusal(old, table);
            if (refusal != null) {
                return refusal;
            }
        }
        return null;
    }

    private static @Nullable DatabaseException refusal(TableDefinition old, TableDefinition table) {
        if (!old.primaryKey().equals(table.primaryKey()) || !old.shardKey().equals(table.shardKey())) {
            return refused("the primary key and the shard key of table " + old.name() + " cannot change", old.name());
        }
        List<ColumnDefinition> columns = table.columns();
        for (int i = 0; i < old.columns().size(); i++) {
            ColumnDefinition column = old.columns().get(i);
            if (i >= columns.size() || !columns.get(i).equals(column)) {
                return refused(
                        "column " + column.name() + " of table " + old.name() + " cannot be dropped, moved or changed",
                        old.name());
            }
        }
        for (ColumnDefinition column : columns.subList(old.columns().size(), columns.size())) {
            if (!column.nullable()) {
                return refused(
                        "the new column " + column.name() + " of table " + old.name()
                                + " must be nullable: rows that exist have no value for it",
                        old.name());
            }
        }
        return null;
    }

    private static DatabaseException refused(String message, String table) {
        return TableRules.refused(message, table);
    }
}
