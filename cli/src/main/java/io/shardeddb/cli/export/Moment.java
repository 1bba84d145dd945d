package io.shardeddb.cli.export;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.rows.RequestIds;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import java.time.Duration;

/** What moment an export shows: one for all, in an interactive transaction that only reads, or one for each page. */
final class Moment implements AutoCloseable {

    /** So long a transaction may last, as the router bounds it. */
    static final int SECONDS = 300;

    /** So many rows a page of a transaction has at most. */
    private static final int ROWS_IN_TRANSACTION = 1_000;

    private static final int ROWS_OF_PAGE = 5_000;
    private static final Duration GOODBYE = Duration.ofSeconds(2);

    private final RouterClient router;
    private final String transaction;

    private Moment(RouterClient router, String transaction) {
        this.router = router;
        this.transaction = transaction;
    }

    /** Each page is of a moment of its own. */
    static Moment ofEachPage(RouterClient router) {
        return new Moment(router, "");
    }

    /** All pages are of now. The caller closes it. @throws CommandFailure when the router cannot do that */
    static Moment now(RouterClient router, Duration patience) throws InterruptedException {
        Answer answer = router.sendUntil(
                "POST",
                "v1/transactions",
                Json.object()
                        .put("level", "snapshot")
                        .put("readOnly", true)
                        .put("idleSeconds", 60)
                        .put("seconds", SECONDS),
                RequestIds.fresh().next(),
                patience);
        Rows.check(answer);
        return new Moment(router, answer.body().path("id").asText());
    }

    /** What paths of tables begin with after their version. */
    String path() {
        return transaction.isEmpty() ? "" : "transactions/" + RouterClient.encoded(transaction) + "/";
    }

    /** So many rows a page may have. */
    int rows() {
        return transaction.isEmpty() ? ROWS_OF_PAGE : ROWS_IN_TRANSACTION;
    }

    /** The failure of a page, told so that a person knows what to do. */
    CommandFailure told(CommandFailure failure) {
        String message = String.valueOf(failure.getMessage());
        boolean over = message.contains("TRANSACTION_");
        return transaction.isEmpty() || !over
                ? failure
                : new CommandFailure(
                        ExitCode.TEMPORARY,
                        message + "\nOne moment can be read for at most " + SECONDS
                                + " s. Without --one-moment each page has its own, and the export can be resumed.",
                        failure);
    }

    @Override
    public void close() {
        if (transaction.isEmpty()) {
            return;
        }
        try {
            Answer _ = router.sendUntil(
                    "DELETE", "v1/transactions/" + RouterClient.encoded(transaction), null, null, GOODBYE);
        } catch (InterruptedException e) {
            // The router ends it by itself when its time is over.
            Thread.currentThread().interrupt();
        }
    }
}
