package io.shardeddb.server.store.sql;

import io.shardeddb.protocol.schema.Identifiers;

/**
 * The text of every statement that does not depend on a user's table. All of it runs on MariaDB 11.4 and on MySQL 8 and
 * 9 alike; golden files hold each shape.
 */
public final class SqlText {

    /** What a statement's result depends on, set by each connection itself. */
    static final String SESSION = "SET NAMES utf8mb4 COLLATE utf8mb4_bin, "
            + "SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION', "
            + "SESSION time_zone = '+00:00', SESSION foreign_key_checks = 1, SESSION unique_checks = 1, "
            // Whether a table is refused whose rows fit no page must not depend on a server's options.
            + "SESSION innodb_strict_mode = 1, "
            + "SESSION innodb_lock_wait_timeout = 5, SESSION lock_wait_timeout = 5";

    public static final String SETTINGS =
            "SELECT @@default_storage_engine, @@log_bin, @@innodb_doublewrite, @@innodb_force_recovery, "
                    + "@@max_allowed_packet, @@explicit_defaults_for_timestamp, @@innodb_page_size";

    public static final String FLUSH = "FLUSH ENGINE LOGS";

    public static final String MARKER_SCHEMA = "shardeddb_server";

    /** How many tables of the marker's schema InnoDB has. On MariaDB alone. */
    public static final String KNOWN_MARKERS =
            "SELECT COUNT(*) FROM information_schema.INNODB_SYS_TABLES WHERE NAME LIKE '" + MARKER_SCHEMA + "/%'";

    public static final String CREATE_MARKER_SCHEMA =
            "CREATE DATABASE IF NOT EXISTS " + Identifiers.quote(MARKER_SCHEMA) + SqlText.charset();

    public static final String CREATE_MARKER = "CREATE TABLE IF NOT EXISTS `shardeddb_server`.`volume` ("
            + "`id` TINYINT NOT NULL, `volume_id` VARCHAR(64) NOT NULL, PRIMARY KEY (`id`))" + SqlText.tableOptions();

    public static final String READ_MARKER = "SELECT `volume_id` FROM `shardeddb_server`.`volume` WHERE `id` = 1";

    public static final String WRITE_MARKER =
            "REPLACE INTO `shardeddb_server`.`volume` (`id`, `volume_id`) VALUES (1, ?)";

    public static final String SCHEMAS = "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA";

    public static final String COLUMNS =
            "SELECT COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLLATION_NAME FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?";

    /** The primary key's columns, in order. */
    public static final String KEY_COLUMNS = "SELECT COLUMN_NAME FROM information_schema.KEY_COLUMN_USAGE "
            + "WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND CONSTRAINT_NAME = 'PRIMARY' ORDER BY ORDINAL_POSITION";

    /** The columns of our indexes, in order, with what is noted of each. */
    public static final String INDEX_COLUMNS = "SELECT i.INDEX_NAME, i.COLUMN_NAME, c.COLUMN_COMMENT "
            + "FROM information_schema.STATISTICS i JOIN information_schema.COLUMNS c "
            + "ON c.TABLE_SCHEMA = i.TABLE_SCHEMA AND c.TABLE_NAME = i.TABLE_NAME AND c.COLUMN_NAME = i.COLUMN_NAME "
            + "WHERE i.TABLE_SCHEMA = ? AND i.TABLE_NAME = ? AND i.INDEX_NAME LIKE 'sdb\\_%' "
            + "ORDER BY i.INDEX_NAME, i.SEQ_IN_INDEX";

    /** For a statement that may take minutes: it should not be lost at its end because a reader is slow. */
    public static final String WAIT_LONG = "SET SESSION lock_wait_timeout = 60";

    public static final String WAIT_SHORTLY = "SET SESSION lock_wait_timeout = 5";

    /** A lock that lasts as long as its connection; 1 when it is given. Does not wait. */
    public static final String GET_LOCK = "SELECT GET_LOCK(?, 0)";

    public static final String RELEASE_LOCK = "SELECT RELEASE_LOCK(?)";

    public static final String TABLES =
            "SELECT TABLE_NAME, ENGINE FROM information_schema.TABLES WHERE TABLE_SCHEMA = ?";

    public static final String TABLE_ROWS =
            "SELECT COALESCE(SUM(TABLE_ROWS), 0) FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME NOT LIKE '\\_shardeddb%'";

    public static final String COMMIT = "COMMIT";

    public static final String SAVEPOINT = "SAVEPOINT r";

    public static final String ROLLBACK_TO_SAVEPOINT = "ROLLBACK TO SAVEPOINT r";

    public static final String PACKET_SAVEPOINT = "SAVEPOINT p";

    public static final String ROLLBACK_TO_PACKET_SAVEPOINT = "ROLLBACK TO SAVEPOINT p";

    public static final String OPERATION_SAVEPOINT = "SAVEPOINT o";

    public static final String ROLLBACK_TO_OPERATION_SAVEPOINT = "ROLLBACK TO SAVEPOINT o";

    /** Start of the names of replicas' schemas; the group's uid in hexadecimal follows. */
    public static final String SCHEMA_PREFIX = "s_";

    /** Start of the names of schemas in which tables are tried; no replica's schema begins so. */
    public static final String TRIAL_PREFIX = "shardeddb_try_";

    public static final String VERSION = "SELECT VERSION()";

    private static final String APPLIED = "_shardeddb_applied";
    private static final String REQUESTS = "_shardeddb_requests";
    private static final String COPY = "_shardeddb_copy";
    private static final String TRANSACTIONS = "_shardeddb_transactions";

    private static final String HOT_COLUMNS = "`log_index`, `log_term`, `member_id`, `boot_counter`, `last_timestamp`, "
            + "`schema_version`, `owns`, `owns_from`, `owns_to`, `epoch`, `is_open`, `state_hash`, `configuration_index`, "
            + "`request_floor`, `request_count`";

    private final String schema;

    /** @param schema name of a replica's schema */
    public SqlText(String schema) {
        this.schema = Identifiers.quote(schema);
    }

    static String charset() {
        return " CHARACTER SET utf8mb4 COLLATE utf8mb4_bin";
    }

    /** How every table is stored; the end of a statement that creates one. */
    public static String tableOptions() {
        return " ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin ROW_FORMAT = DYNAMIC";
    }

    /** Drops a schema with all its tables, if it exists. */
    public static String dropSchema(String name) {
        return "DROP DATABASE IF EXISTS " + Identifiers.quote(name);
    }

    /** A table of this schema, qualified and quoted. */
    public String table(String name) {
        return schema + "." + Identifiers.quote(name);
    }

    /** Creates this schema, if it does not exist. */
    public String createSchema() {
        return "CREATE DATABASE IF NOT EXISTS " + schema + charset();
    }

    /** Creates the table of the applied row, if it does not exist. */
    public String createApplied() {
        return "CREATE TABLE IF NOT EXISTS " + table(APPLIED) + " (`id` TINYINT NOT NULL, `log_index` BIGINT NOT NULL, "
                + "`log_term` BIGINT NOT NULL, `member_id` VARCHAR(64) NOT NULL, `boot_counter` BIGINT NOT NULL, "
                + "`last_timestamp` BIGINT NOT NULL, `schema_version` BIGINT NOT NULL, `schema_definition` LONGBLOB NULL, "
                + "`owns` TINYINT NOT NULL, `owns_from` BIGINT NULL, `owns_to` BIGINT NULL, `epoch` BIGINT NOT NULL, "
                + "`is_open` TINYINT NOT NULL, `state_hash` BIGINT NOT NULL, `configuration` LONGBLOB NULL, "
                + "`configuration_index` BIGINT NOT NULL, `request_floor` BIGINT NOT NULL, `request_count` BIGINT NOT NULL, "
                + "PRIMARY KEY (`id`))" + tableOptions();
    }

    /** Creates the table of exactly-once records, if it does not exist. */
    public String createRequests() {
        return "CREATE TABLE IF NOT EXISTS " + table(REQUESTS) + " (`log_index` BIGINT NOT NULL, "
                + "`logged_at` BIGINT NOT NULL, `records` LONGBLOB NOT NULL, PRIMARY KEY (`log_index`))"
                + tableOptions();
    }

    /** Creates the table that marks a copy under way, if it does not exist. */
    public String createCopy() {
        return "CREATE TABLE IF NOT EXISTS " + table(COPY) + " (`id` TINYINT NOT NULL, `copy_id` VARCHAR(64) NOT NULL, "
                + "`position` LONGBLOB NULL, PRIMARY KEY (`id`))" + tableOptions();
    }

    /** Creates the table of transactions that are not over, if it does not exist. */
    public String createTransactions() {
        return "CREATE TABLE IF NOT EXISTS " + table(TRANSACTIONS) + " (`log_index` BIGINT NOT NULL, "
                + "`place` INT NOT NULL, `record` LONGBLOB NOT NULL, PRIMARY KEY (`log_index`, `place`))"
                + tableOptions();
    }

    /** Stores the record of a transaction. Parameters: index, place, record, encoded. */
    public String storeTransaction() {
        return "REPLACE INTO " + table(TRANSACTIONS) + " (`log_index`, `place`, `record`) VALUES (?, ?, ?)";
    }

    /** Removes the record of a transaction. Parameters: index, place. */
    public String deleteTransaction() {
        return "DELETE FROM " + table(TRANSACTIONS) + " WHERE `log_index` = ? AND `place` = ?";
    }

    /** Reads records of transactions in the log's order. Parameters: index and place before them, how many at most. */
    public String readTransactionsAfter() {
        return "SELECT `log_index`, `place`, `record` FROM " + table(TRANSACTIONS)
                + " WHERE (`log_index`, `place`) > (?, ?) ORDER BY `log_index`, `place` LIMIT ?";
    }

    /** Inserts the applied row of a replica that has applied nothing. Parameters: member, boot counter. */
    public String insertApplied() {
        return "INSERT INTO " + table(APPLIED) + " (`id`, " + HOT_COLUMNS
                + ") VALUES (1, 0, 0, ?, ?, 0, 0, 0, NULL, NULL, 0, 0, 0, 0, 0, 0)";
    }

    /** The table of the applied row, qualified and quoted. */
    public String applied() {
        return table(APPLIED);
    }

    /** The columns that {@code ViewState.read} takes, of the applied row called {@code a}. */
    static String viewState() {
        return "a.`log_index`, a.`schema_version`, a.`owns`, a.`owns_from`, a.`owns_to`, a.`epoch`";
    }

    /** Reads what a view shows of the applied row, without a lock. */
    public String readViewState() {
        return "SELECT " + viewState() + " FROM " + applied() + " a WHERE a.`id` = 1";
    }

    /** Reads the applied row without its blobs, and locks it until the transaction ends. */
    public String lockApplied() {
        return "SELECT " + HOT_COLUMNS + " FROM " + table(APPLIED) + " WHERE `id` = 1 FOR UPDATE";
    }

    /** Reads the applied row without its blobs and without a lock. */
    public String readApplied() {
        return "SELECT " + HOT_COLUMNS + " FROM " + table(APPLIED) + " WHERE `id` = 1";
    }

    /** Reads the definition of the tables and the configuration. */
    public String readAppliedBlobs() {
        return "SELECT `schema_definition`, `configuration` FROM " + table(APPLIED) + " WHERE `id` = 1";
    }

    /** Parameters: index, term, timestamp, state hash, floor and count of exactly-once records. */
    public String advanceApplied() {
        return "UPDATE " + table(APPLIED)
                + " SET `log_index` = ?, `log_term` = ?, `last_timestamp` = ?, `state_hash` = ?, "
                + "`request_floor` = ?, `request_count` = ? WHERE `id` = 1";
    }

    /** Parameters: whether an interval is owned, its start and end, the epoch, whether requests are served. */
    public String setOwnership() {
        return "UPDATE " + table(APPLIED)
                + " SET `owns` = ?, `owns_from` = ?, `owns_to` = ?, `epoch` = ?, `is_open` = ? WHERE `id` = 1";
    }

    /** Parameters: the configuration, encoded, and its index. */
    public String setConfiguration() {
        return "UPDATE " + table(APPLIED) + " SET `configuration` = ?, `configuration_index` = ? WHERE `id` = 1";
    }

    /** Parameters: the version of the tables, and their definition, encoded. */
    public String setSchema() {
        return "UPDATE " + table(APPLIED) + " SET `schema_version` = ?, `schema_definition` = ? WHERE `id` = 1";
    }

    /** Parameters: member, boot counter. */
    public String setMember() {
        return "UPDATE " + table(APPLIED) + " SET `member_id` = ?, `boot_counter` = ? WHERE `id` = 1";
    }

    /** Stores the exactly-once records of one entry. Parameters: index, time, records, encoded. */
    public String insertRequests() {
        return "INSERT INTO " + table(REQUESTS) + " (`log_index`, `logged_at`, `records`) VALUES (?, ?, ?)";
    }

    /** Forgets the exactly-once records up to an index, which is the parameter. */
    public String deleteRequestsThrough() {
        return "DELETE FROM " + table(REQUESTS) + " WHERE `log_index` <= ?";
    }

    /** Reads the exactly-once records of one entry. Parameter: its index. */
    public String readRequest() {
        return "SELECT `records` FROM " + table(REQUESTS) + " WHERE `log_index` = ?";
    }

    /** Reads exactly-once records in the log's order. Parameters: the index before them, how many at most. */
    public String readRequestsAfter() {
        return "SELECT `log_index`, `logged_at`, `records` FROM " + table(REQUESTS)
                + " WHERE `log_index` > ? ORDER BY `log_index` LIMIT ?";
    }

    /** Reads which copy is under way and how far it is; no row if none is. */
    public String readCopy() {
        return "SELECT `copy_id`, `position` FROM " + table(COPY) + " WHERE `id` = 1";
    }

    /** Marks a copy as under way, from its beginning. Parameter: the copy's id. */
    public String beginCopy() {
        return "REPLACE INTO " + table(COPY) + " (`id`, `copy_id`, `position`) VALUES (1, ?, NULL)";
    }

    /** Records how far the copy is. Parameter: the position, encoded. */
    public String advanceCopy() {
        return "UPDATE " + table(COPY) + " SET `position` = ? WHERE `id` = 1";
    }

    /** Removes the mark of a copy. */
    public String endCopy() {
        return "DELETE FROM " + table(COPY) + " WHERE `id` = 1";
    }
}
