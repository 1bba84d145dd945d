package io.shardeddb.router.http.rows;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.schema.TableDefinition;
import io.shardeddb.router.route.TableShapes;
import io.shardeddb.router.topology.Topology;
import java.util.List;

/** The one table that the assignment's interface speaks of. */
final class SeedTable {

    /** Its name in the assignment. */
    static final String NAME = "StudT";

    private SeedTable() {}

    /**
     * The table named as in the assignment, or the first one whose primary key is one column.
     *
     * @throws DatabaseException NOT_INITIALISED or UNKNOWN_TABLE
     */
    static TableDefinition of(Topology topology) {
        TableDefinition named = topology.schema().find(NAME);
        if (named != null) {
            return named;
        }
        List<TableDefinition> tables = topology.schema().tables();
        if (tables.isEmpty()) {
            throw new DatabaseException(
                    ErrorCode.NOT_INITIALISED, "the database has no tables yet; POST /init makes one");
        }
        return tables.stream()
                .filter(table ->
                        table.keySize() == 1 && !TableShapes.isCollection(table) && !TableShapes.isSpace(table))
                .findFirst()
                .orElseThrow(() -> new DatabaseException(
                        ErrorCode.UNKNOWN_TABLE,
                        "this interface needs a table with one key column; use /v1/tables for the others"));
    }
}
