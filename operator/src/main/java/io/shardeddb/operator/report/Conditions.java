package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.shardeddb.crds.ConditionType;
import io.shardeddb.crds.Reason;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Builds a full set of conditions; each keeps the time of its last change. */
public final class Conditions {

    private final List<Condition> previous;
    private final long generation;
    private final InstantSource clock;
    private final List<Condition> conditions = new ArrayList<>();

    /**
     * Starts a set.
     *
     * @param previous the conditions before
     * @param generation generation of the spec that they speak of
     */
    public Conditions(List<Condition> previous, long generation, InstantSource clock) {
        this.previous = previous;
        this.generation = generation;
        this.clock = clock;
    }

    /** Sets one condition. */
    public Conditions set(ConditionType type, boolean holds, Reason reason, String message) {
        String status = holds ? "True" : "False";
        Condition before = previous.stream()
                .filter(condition -> type.name().equals(condition.getType()))
                .findFirst()
                .orElse(null);
        String since = before != null && Objects.equals(before.getStatus(), status)
                ? before.getLastTransitionTime()
                : clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        conditions.add(new ConditionBuilder()
                .withType(type.name())
                .withStatus(status)
                .withReason(reason.name())
                .withMessage(message)
                .withObservedGeneration(generation)
                .withLastTransitionTime(since)
                .build());
        return this;
    }

    /** The conditions, in the order in which they were set. */
    public List<Condition> list() {
        return List.copyOf(conditions);
    }
}
