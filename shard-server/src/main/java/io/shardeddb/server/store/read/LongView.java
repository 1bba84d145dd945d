package io.shardeddb.server.store.read;

import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.wire.ReadReply;
import io.shardeddb.protocol.wire.ReadRequest;
import io.shardeddb.server.store.RowsView;
import io.shardeddb.server.store.StoreUnavailableException;
import io.shardeddb.server.store.sql.SqlErrors;
import io.shardeddb.server.store.state.StoredSchema;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A view that an interactive transaction reads from: a connection of its own with the database's snapshot. */
final class LongView implements RowsView {
    private final OpenViews.View view;
    private final ViewState state;
    private final @Nullable StoredSchema schema;
    private final KeyReads keys;

    /**
     * @param state as the view shows it
     * @param schema the tables; those of the view, or the view refuses to answer
     */
    LongView(OpenViews.View view, ViewState state, @Nullable StoredSchema schema, KeyReads keys) {
        this.view = view;
        this.state = state;
        this.schema = schema;
        this.keys = keys;
    }

    @Override
    public long index() {
        return state.index();
    }

    @Override
    public ReadReply read(ReadRequest request) throws StoreUnavailableException {
        try {
            Wanted wanted = Wanted.of(request, schema);
            return request.hasKeys()
                    ? wanted.reply(state, keys.inView(view.connection(), wanted), false)
                    : page(wanted);
        } catch (DatabaseException e) {
            return ReadReply.newBuilder().setError(e.toWire()).build();
        } catch (SQLException e) {
            if (view.ending() == OpenViews.Ending.TABLES_CHANGE) {
                throw new StoreUnavailableException("the tables changed, which ends all views", e);
            }
            throw SqlErrors.unavailable("read from a view", e);
        }
    }

    private ReadReply page(Wanted wanted) throws SQLException {
        RowReads.Page page = RowReads.page(
                view.connection(),
                wanted.table().sql().scanPage(wanted.columns(), wanted.bounds().shape()),
                0,
                wanted);
        return page == null ? wanted.reply(state, List.of(), false) : wanted.reply(state, page.rows(), page.more());
    }

    @Override
    public void close() {
        view.close();
    }
}
