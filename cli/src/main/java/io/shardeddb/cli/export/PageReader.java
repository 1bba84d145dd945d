package io.shardeddb.cli.export;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Bytes;
import io.shardeddb.cli.rows.Rows;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads one part of a table's rows, page after page. A page is never longer than memory allows. */
final class PageReader {

    private final RouterClient router;
    private final String path;
    private final Duration patience;
    private PageSize size;

    /**
     * Prepares.
     *
     * @param path of the rows, from the router's root, with a query to which more may be added
     * @param mostRows in one page
     */
    PageReader(RouterClient router, String path, int mostRows, Duration patience) {
        this.router = router;
        this.path = path;
        this.patience = patience;
        this.size = PageSize.first(mostRows);
    }

    /**
     * Where the rows of a table are read.
     *
     * @param columns those that are wanted; empty: all
     */
    static String path(String moment, String table, List<String> columns) {
        String rows = "v1/" + moment + "tables/" + RouterClient.encoded(table) + "/rows?descending=false";
        return columns.isEmpty() ? rows : rows + "&columns=" + RouterClient.encoded(String.join(",", columns));
    }

    /**
     * Some rows.
     *
     * @param continuation where it goes on; null: there are no more
     */
    record Page(List<JsonNode> rows, @Nullable String continuation) {}

    /** The next rows of a part. @throws CommandFailure when they cannot be read */
    Page next(KeyPart part) throws InterruptedException {
        while (true) {
            Optional<Bytes> answer = router.readBounded(query(part), size.bytes(), patience);
            if (answer.isEmpty()) {
                if (size.rows() == 1) {
                    throw new CommandFailure(ExitCode.DATA, "a row is longer than " + PageSize.ROW_BYTES + " bytes");
                }
                size = size.afterTooLong();
                continue;
            }
            RouterClient.Answer page = answer.get().answer();
            Rows.check(page);
            List<JsonNode> rows = page.body().path("rows").valueStream().toList();
            size = size.after(rows.size(), answer.get().body().length);
            String continuation = page.body().path("continuation").asText("");
            return new Page(rows, continuation.isEmpty() ? null : continuation);
        }
    }

    private String query(KeyPart part) {
        StringBuilder query = new StringBuilder(path).append("&limit=").append(size.rows());
        append(query, "from", part.from());
        append(query, "to", part.to());
        append(query, "continuation", part.continuation());
        return query.toString();
    }

    private static void append(StringBuilder query, String name, @Nullable String value) {
        if (value != null) {
            query.append('&').append(name).append('=').append(RouterClient.encoded(value));
        }
    }
}
