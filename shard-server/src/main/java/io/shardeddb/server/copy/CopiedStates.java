package io.shardeddb.server.copy;

import io.shardeddb.protocol.wire.CopiedState;
import io.shardeddb.protocol.wire.PositionInterval;
import io.shardeddb.protocol.wire.SchemaDefinition;
import io.shardeddb.server.store.AppliedState;

/** The applied state as it travels with a copy. */
final class CopiedStates {

    private CopiedStates() {}

    static CopiedState toWire(AppliedState state) {
        CopiedState.Builder wire = CopiedState.newBuilder()
                .setIndex(state.index())
                .setTerm(state.term())
                .setTimestamp(state.timestamp())
                .setEpoch(state.epoch())
                .setOpen(state.open())
                .setStateHash(state.stateHash())
                .setConfigurationIndex(state.configurationIndex());
        SchemaDefinition schema = state.schema();
        if (schema != null) {
            wire.setSchema(schema);
        }
        PositionInterval interval = state.interval();
        if (interval != null) {
            wire.setInterval(interval);
        }
        if (state.configuration() != null) {
            wire.setConfiguration(state.configuration());
        }
        return wire.build();
    }

    static AppliedState ofWire(CopiedState wire) {
        return new AppliedState(
                wire.getIndex(),
                wire.getTerm(),
                wire.getTimestamp(),
                wire.hasSchema() ? wire.getSchema() : null,
                wire.hasInterval() ? wire.getInterval() : null,
                wire.getEpoch(),
                wire.getOpen(),
                wire.getStateHash(),
                wire.hasConfiguration() ? wire.getConfiguration() : null,
                wire.getConfigurationIndex());
    }
}
