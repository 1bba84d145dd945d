package io.shardeddb.server.store.state;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.shardeddb.protocol.keyspace.Interval;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.AppliedState;
import io.shardeddb.server.store.sql.SqlText;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The whole applied row, large parts included, read in one view. */
public record StoredState(
        AppliedRow row,
        @Nullable SchemaDefinition schema,
        @Nullable ByteString configuration) {

    /** Reads it in the connection's present view; two statements, so the view must be one (a lock or a snapshot). */
    public static StoredState read(Connection connection, SqlText sql, AppliedRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql.readAppliedBlobs());
                ResultSet results = statement.executeQuery()) {
            if (!results.next()) {
                throw new SQLException("the applied row is missing", "HY000");
            }
            byte[] schema = results.getBytes(1);
            byte[] configuration = results.getBytes(2);
            return new StoredState(
                    row,
                    schema == null ? null : SchemaDefinition.parseFrom(schema),
                    configuration == null ? null : ByteString.copyFrom(configuration));
        } catch (InvalidProtocolBufferException e) {
            throw new SQLException("the stored schema is not readable", "HY000", e);
        }
    }

    public AppliedState toState() {
        Interval interval = row.interval();
        PositionInterval wire = interval == null ? null : interval.toWire();
        return new AppliedState(
                row.index(),
                row.term(),
                row.timestamp(),
                schema,
                wire,
                row.epoch(),
                row.open(),
                row.stateHash(),
                configuration,
                row.configurationIndex());
    }
}
