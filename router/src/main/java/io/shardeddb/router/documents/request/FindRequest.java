package io.shardeddb.router.documents.request;

import io.shardeddb.documents.filter.Filter;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.projection.Projection;
import io.shardeddb.documents.sort.SortOrder;
import io.shardeddb.documents.value.DocumentId;
import io.shardeddb.documents.value.DocumentValue;
import io.shardeddb.documents.value.Place;
import io.shardeddb.protocol.error.ErrorCode;
import io.shardeddb.router.documents.DocumentQueries;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A find as a client asks for it.
 *
 * @param filter which documents are meant; absent: all
 * @param projection which fields are wanted; absent: all
 * @param sort as it was sent, with the order of its members; absent: by the documents' keys
 * @param skip so many are left out first
 * @param limit so many are given at most; 0: all
 * @param cursor where it goes on; absent: at the beginning
 */
public record FindRequest(
        @Nullable DocumentValue filter,
        @Nullable DocumentValue projection,
        @Nullable Object sort,
        long skip,
        int limit,
        @Nullable String cursor) {

    private static final Spot SORT = Spot.of(ErrorCode.INVALID_SORT, "sort");
    private static final Spot PROJECTION = Spot.of(ErrorCode.INVALID_PROJECTION, "projection");

    /** A filter as a request has it. @throws DatabaseException INVALID_FILTER */
    static Filter parsed(@Nullable DocumentValue filter) {
        return filter == null ? Filter.everything() : Filter.parse(filter, new Place("filter"));
    }

    /** Which documents are meant. @throws DatabaseException INVALID_FILTER */
    public Filter meaning() {
        return parsed(filter);
    }

    /** What is made of each document. @throws DatabaseException INVALID_PROJECTION */
    Projection shape() {
        return projection == null ? Projection.EVERYTHING : Projection.parse(projection, PROJECTION);
    }

    /** The order of the documents. @throws DatabaseException INVALID_SORT */
    public SortOrder order() {
        return sort == null ? SortOrder.BY_ID : SortOrder.parse(sort, SORT);
    }

    /** Documents are kept in the order of their ids, so this order needs no memory. */
    static boolean isById(SortOrder order) {
        return order.parts().isEmpty() || order.parts().getFirst().names().equals(List.of(DocumentId.NAME));
    }

    private String same(SortOrder order) {
        return filter + "\n" + order;
    }

    /** The find in the order of the documents' keys. */
    DocumentQueries.Find byKey(SortOrder order) {
        boolean down = !order.parts().isEmpty() && order.parts().getFirst().down();
        return new DocumentQueries.Find(meaning(), same(order), down, skip, limit, cursor);
    }

    /** The find in another order. */
    DocumentQueries.Sorted sorted(SortOrder order) {
        return new DocumentQueries.Sorted(
                meaning(), same(order), order, skip, limit == 0 ? Integer.MAX_VALUE : limit, cursor);
    }
}
