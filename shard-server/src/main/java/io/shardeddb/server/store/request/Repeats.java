package io.shardeddb.server.store.request;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.protocol.wire.LoggedRequest;
import io.shardeddb.protocol.wire.RequestId;
import io.shardeddb.protocol.wire.RequestRecord;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the first request of an id, among the entries of the transaction and the stored records. */
final class Repeats {

    private final RequestWindow window;
    private final Map<Long, EntryWork> entries;
    private final BatchPreparation.RecordLookup lookup;

    /**
     * @param entries those of the transaction so far, by their index
     * @param lookup records of entries that were stored before
     */
    Repeats(RequestWindow window, Map<Long, EntryWork> entries, BatchPreparation.RecordLookup lookup) {
        this.window = window;
        this.entries = entries;
        this.lookup = lookup;
    }

    /**
     * What is known of the first request with an id; {@code null} when it is not known, or there was none.
     *
     * @param at the request that asks
     * @param id its own, or that of an attempt
     */
    @Nullable
    RequestWork find(RequestWork.Place at, RequestId id) throws SQLException {
        for (long index : window.candidates(id)) {
            EntryWork here = entries.get(index);
            if (here != null) {
                for (RequestWork work : here.requests()) {
                    if (work.remembered() && sameId(work.request().getRequest(), id)) {
                        LoggedRequest first = work.request();
                        RequestWork refused =
                                refused(at, first.getContentHash(), first.getClientHash(), RequestWork.closes(first));
                        return refused == null ? RequestWork.repeatOf(at, work) : refused;
                    }
                }
            } else {
                for (RequestRecord record : lookup.records(index).getRecordsList()) {
                    if (sameId(record.getRequest(), id)) {
                        RequestWork refused =
                                refused(at, record.getContentHash(), record.getClientHash(), record.getClosed());
                        return refused == null ? RequestWork.repeatOf(at, record.getReply()) : refused;
                    }
                }
            }
        }
        return null;
    }

    /**
     * Why a repeat is not answered by what is known of the first; null when it is.
     *
     * @param contentHash of the first
     * @param clientHash whether that is of what the client sent
     * @param closed whether the first closed the id
     */
    private static @Nullable RequestWork refused(
            RequestWork.Place at, long contentHash, boolean clientHash, boolean closed) {
        boolean sameContent = contentHash == at.request().getContentHash();
        return switch (RequestDecision.repeat(RequestWork.closes(at.request()), closed, sameContent)) {
            case REFUSE_CLOSED ->
                RequestWork.refused(
                        at,
                        new DatabaseException(
                                ErrorCode.REQUEST_CLOSED, "the request id was closed before the request ran"));
            // The same content has another hash when one of the two was hashed by its rows: the router must be able to
            // tell.
            case REFUSE_CHANGED ->
                RequestWork.refused(
                        at,
                        new DatabaseException(
                                ErrorCode.REQUEST_CHANGED,
                                "the request id was used before with another content",
                                Map.of("knownBy", clientHash ? "sent" : "rows")));
            default -> null;
        };
    }

    private static boolean sameId(RequestId one, RequestId other) {
        return one.getNumber() == other.getNumber() && one.getClient().equals(other.getClient());
    }
}
