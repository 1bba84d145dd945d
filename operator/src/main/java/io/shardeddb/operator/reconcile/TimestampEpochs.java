package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.grpc.StatusRuntimeException;
import io.shardeddb.crds.Reason;
import io.shardeddb.crds.ShardedDatabase;
import io.shardeddb.crds.TimestampMode;
import io.shardeddb.operator.act.ObjectWriter;
import io.shardeddb.operator.act.StepFailed;
import io.shardeddb.operator.desired.TimestampRecords;
import io.shardeddb.operator.observe.ControlLinks;
import io.shardeddb.operator.observe.Observed;
import io.shardeddb.operator.observe.Related;
import io.shardeddb.operator.observe.ServerPoll;
import io.shardeddb.operator.plan.Refusal;
import io.shardeddb.operator.plan.TimestampPlan;
import io.shardeddb.operator.plan.TimestampRecord;
import io.shardeddb.operator.plan.Uids;
import io.shardeddb.operator.report.EventLog;
import io.shardeddb.protocol.wire.ControlGrpc;
import io.shardeddb.protocol.wire.SealTimestampsRequest;
import io.shardeddb.protocol.wire.TimestampState;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the timestamp service's epoch as the spec and the servers ask; what to do is {@link TimestampPlan}'s decision.
 */
final class TimestampEpochs {

    /**
     * Between a seal and the next epoch nobody gets a timestamp, so the steps of a change are made in one reconcile.
     */
    private static final int STEPS = 4;

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final ObjectWriter writer;
    private final ControlLinks links;
    private final ServerPoll poll;
    private final EventLog events;

    TimestampEpochs(ObjectWriter writer, ControlLinks links, ServerPoll poll, EventLog events) {
        this.writer = writer;
        this.links = links;
        this.poll = poll;
        this.events = events;
    }

    /**
     * Takes the next steps.
     *
     * @param related with the record's ConfigMap
     * @param servers servers that are to stay
     * @param addresses host:port of all servers
     * @param seen what they said
     * @return what cannot be done now
     */
    List<Refusal> next(
            ShardedDatabase database,
            Related related,
            List<String> servers,
            Map<String, String> addresses,
            Observed seen)
            throws StepFailed, InterruptedException {
        boolean wanted = database.getSpec().timestamps().mode() == TimestampMode.Service;
        ConfigMap map = Related.find(
                related.records(), TimestampRecords.name(database.getMetadata().getName()));
        boolean heardOf = seen.servers().values().stream()
                .anyMatch(status -> status.getTimestamps().getGroup().getEpoch() > 0);
        if (map == null && !wanted && !heardOf) {
            return List.of();
        }
        TimestampRecord kept = TimestampRecords.read(map);
        if (map != null
                && kept != null
                && map.getMetadata().getOwnerReferences().isEmpty()) {
            // An earlier database of this name left it with its volumes.
            map = writer.replace(TimestampRecords.object(database, kept, map));
        }
        Observed observed = seen;
        for (int i = 0; i < STEPS; i++) {
            Optional<TimestampPlan.Step> step = TimestampPlan.next(new TimestampPlan.World(
                    wanted,
                    database.getSpec().replication().replicas(),
                    TimestampRecords.read(map),
                    servers,
                    observed.servers(),
                    addresses));
            if (step.isEmpty()) {
                break;
            }
            switch (step.get()) {
                case TimestampPlan.Step.Withhold withhold -> {
                    return List.of(withhold.refusal());
                }
                case TimestampPlan.Step.Begin begin -> map = begin(database, begin.next(), map);
                case TimestampPlan.Step.Seal seal -> seal(Objects.requireNonNull(TimestampRecords.read(map)), seal);
                case TimestampPlan.Step.Tell tell ->
                    tell(Objects.requireNonNull(TimestampRecords.read(map)), tell, addresses);
            }
            observed = poll.ask(addresses);
        }
        return List.of();
    }

    private ConfigMap begin(ShardedDatabase database, TimestampRecord next, @Nullable ConfigMap before)
            throws StepFailed {
        ConfigMap map = TimestampRecords.object(database, next, before);
        if (before == null) {
            if (!writer.create(map)) {
                throw new StepFailed("another operator has just begun a timestamp epoch");
            }
        } else {
            map = writer.replace(map);
        }
        events.done(
                database,
                Reason.TimestampEpochBegun,
                next.members().isEmpty()
                        ? "timestamps come from the leaders' own clocks from epoch " + next.epoch() + " on"
                        : "timestamps of epoch " + next.epoch() + " come from "
                                + next.members().stream()
                                        .map(TimestampRecord.Member::server)
                                        .toList());
        return map;
    }

    private void seal(TimestampRecord record, TimestampPlan.Step.Seal seal) throws StepFailed {
        for (TimestampRecord.Member member : seal.members()) {
            SealTimestampsRequest request = SealTimestampsRequest.newBuilder()
                    .setVolume(Uids.parse(member.volume()))
                    .setEpoch(record.epoch())
                    .build();
            ask(member.server(), member.address(), control -> control.sealTimestamps(request));
        }
    }

    private void tell(TimestampRecord record, TimestampPlan.Step.Tell tell, Map<String, String> addresses)
            throws StepFailed {
        for (String server : tell.servers()) {
            String address = addresses.get(server);
            if (address != null) {
                ask(server, address, control -> control.configureTimestamps(record.toWire()));
            }
        }
    }

    private void ask(String server, String address, Function<ControlGrpc.ControlBlockingStub, TimestampState> call)
            throws StepFailed {
        try {
            TimestampState state = links.call(address, DEADLINE, call);
            if (state.hasError()) {
                throw new StepFailed(server + ": " + state.getError().getCode() + ": "
                        + state.getError().getMessage());
            }
        } catch (StatusRuntimeException e) {
            throw new StepFailed(address + ": " + e.getStatus(), e);
        } finally {
            poll.expire(address);
        }
    }
}
