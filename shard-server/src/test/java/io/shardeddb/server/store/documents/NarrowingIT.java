package io.shardeddb.server.store.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.sql.Narrowing;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.server.store.mysql.OnMariaDb;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The database never leaves out a document that a filter means. */
class NarrowingIT extends OnMariaDb {

    private static final int DOCUMENTS = 300;
    private static final int FILTERS = 600;

    /** Values at which databases differ from us, or from one another. */
    private static final List<String> SPECIAL = List.of(
            "null",
            "true",
            "false",
            "0",
            "-1",
            "5",
            "5.0",
            "-0.0",
            "1.5",
            "1.0E300",
            "1.0E-300",
            "9007199254740992",
            "9007199254740993",
            "9223372036854775807",
            "-9223372036854775808",
            "1.8446744073709552E19",
            "\"\"",
            "\"5\"",
            "\"true\"",
            "\"null\"",
            "\"a\"",
            "\"a \"",
            "\"A\"",
            "\"a\\\"b\"",
            "\"a\\\\b\"",
            "\"a\\nb\"",
            "\"\u00e4\"",
            "\"\uFFFD\"",
            "\"\uD83D\uDE00\"",
            "\"[\"",
            "[]",
            "[1]",
            "[[5]]",
            "[{\"b\":5}]",
            "{}",
            "{\"b\":5}",
            "{\"b\":[5]}",
            "{\"b\":null}",
            "{\"b\":{\"c\":\"x\"}}");

    private final List<DocumentValue> documents = new ArrayList<>();

    @BeforeEach
    void write() throws SQLException {
        server.execute(
                "CREATE DATABASE IF NOT EXISTS narrowing CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
                "DROP TABLE IF EXISTS narrowing.documents",
                "CREATE TABLE narrowing.documents (id INT PRIMARY KEY, doc JSON)");
        RequestGenerator generator = new RequestGenerator(19);
        for (long id = 0; id < DOCUMENTS; id++) {
            documents.add(DocumentValue.parse(RequestJson.of(generator.document(id))));
        }
        for (String special : SPECIAL) {
            documents.add(DocumentValue.parse("{\"a\":" + special + "}"));
        }
        documents.add(DocumentValue.parse("{}"));
        try (Connection connection = server.connect();
                PreparedStatement insert =
                        connection.prepareStatement("INSERT INTO narrowing.documents VALUES (?, ?)")) {
            for (int id = 0; id < documents.size(); id++) {
                insert.setInt(1, id);
                insert.setString(2, documents.get(id).toJson());
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    /** Checks a filter, and says how many documents the database left out. */
    private int check(Connection connection, DocumentValue json) throws SQLException {
        Filter filter = Filter.parse(json, new Place("filter"));
        Set<Integer> meant = new TreeSet<>();
        for (int id = 0; id < documents.size(); id++) {
            if (filter.matches(documents.get(id))) {
                meant.add(id);
            }
        }
        Narrowing narrowing = Narrowing.of(filter, "`doc`");
        if (!narrowing.narrows()) {
            return 0;
        }
        Set<Integer> given = new TreeSet<>();
        try (PreparedStatement select =
                connection.prepareStatement("SELECT id FROM narrowing.documents WHERE " + narrowing.condition())) {
            for (int i = 0; i < narrowing.parameters().size(); i++) {
                select.setObject(i + 1, narrowing.parameters().get(i));
            }
            try (ResultSet results = select.executeQuery()) {
                while (results.next()) {
                    given.add(results.getInt(1));
                }
            }
        }
        assertThat(given).as("%s: %s", json.toJson(), narrowing).containsAll(meant);
        return documents.size() - given.size();
    }

    @Test
    void drawnFiltersFindAllThatTheyMean() throws SQLException {
        RequestGenerator generator = new RequestGenerator(20);
        long leftOut = 0;
        try (Connection connection = server.connect()) {
            for (int i = 0; i < FILTERS; i++) {
                leftOut += check(connection, DocumentValue.parse(RequestJson.of(generator.filter())));
            }
        }
        assertThat(leftOut).as("documents that need not be read again").isGreaterThan(FILTERS * 20L);
    }

    @Test
    void comparisonsWithSpecialValuesFindAllThatTheyMean() throws SQLException {
        try (Connection connection = server.connect()) {
            for (String operator : List.of("$eq", "$lt", "$lte", "$gt", "$gte")) {
                for (String special : SPECIAL) {
                    for (String path : List.of("a", "a.b", "a.b.c")) {
                        check(
                                connection,
                                DocumentValue.parse("{\"" + path + "\":{\"" + operator + "\":" + special + "}}"));
                    }
                }
            }
        }
    }
}
