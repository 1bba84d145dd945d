package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.shardeddb.operator.observe.DatabaseObservation;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ServerStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How one server stands, and why it is not ready: from its pod's status and from what it says of itself. */
public final class ServerReport {

    /** Phase of a server that is to go. */
    static final String DRAINING = "Draining";

    /** A part of a message is cut beyond this; container runtimes write whole pages. */
    private static final int LONGEST_PART = 240;

    private final DatabaseObservation observation;
    private final String server;
    private final boolean wanted;
    private final @Nullable Pod pod;
    private final @Nullable ServerStatus answer;

    private ServerReport(DatabaseObservation observation, String server, boolean wanted) {
        this.observation = observation;
        this.server = server;
        this.wanted = wanted;
        this.pod = observation.pods().get(server);
        this.answer = observation.servers().servers().get(server);
    }

    /**
     * How a server stands.
     *
     * @param phase as in the status
     * @param message what is wrong; absent only when nothing is
     * @param fault whether something failed; otherwise it may simply not have started yet
     */
    public record Standing(String phase, @Nullable String message, boolean fault) {}

    /**
     * How a server stands.
     *
     * @param wanted whether it is to stay
     */
    public static Standing of(DatabaseObservation observation, String server, boolean wanted) {
        return new ServerReport(observation, server, wanted).standing();
    }

    private Standing standing() {
        boolean ready = observation.ready(server);
        String phase = phase(ready);
        if (ready) {
            String readOnly = observation.servers().readOnlyReason(server);
            return new Standing(phase, readOnly.isEmpty() ? null : readOnly, false);
        }
        return new Standing(phase, String.join("; ", why()), failed());
    }

    private String phase(boolean ready) {
        if (!wanted) {
            return DRAINING;
        }
        if (pod == null || !observation.sets().containsKey(server)) {
            return "Starting";
        }
        if (ready) {
            return observation.servers().readOnlyReason(server).isEmpty() ? "Ready" : "ReadOnly";
        }
        return answer == null ? "Unreachable" : "Starting";
    }

    /** What is known to be wrong, the most telling first; never empty. */
    private List<String> why() {
        if (!observation.sets().containsKey(server)) {
            return List.of("its StatefulSet is not made yet");
        }
        if (pod == null) {
            return List.of("it has no pod: see the Events of its StatefulSet");
        }
        if (pod.getMetadata().getDeletionTimestamp() != null) {
            return List.of("its pod is being ended");
        }
        List<String> why = new ArrayList<>();
        if (pod.getStatus() != null && pod.getStatus().getReason() != null) {
            why.add(part(pod.getStatus().getReason(), pod.getStatus().getMessage()));
        }
        condition("PodScheduled")
                .filter(condition -> !"True".equals(condition.getStatus()))
                .ifPresent(
                        condition -> why.add("not scheduled: " + part(condition.getReason(), condition.getMessage())));
        containers().forEach(container -> trouble(container).ifPresent(why::add));
        own().forEach(why::add);
        if (why.isEmpty()) {
            why.add(condition("Ready")
                    .map(condition -> "its pod is not ready: " + part(condition.getReason(), condition.getMessage()))
                    .orElse("its pod was made just now"));
        }
        return why;
    }

    /** Whether something went wrong, so that waiting alone may not help. */
    private boolean failed() {
        if (pod == null || pod.getMetadata().getDeletionTimestamp() != null) {
            return false;
        }
        return containers().stream()
                .filter(container -> !Boolean.TRUE.equals(container.getReady()))
                .anyMatch(container -> waitsForGood(container) || restarts(container) > 0 || end(container) != null);
    }

    private static boolean waitsForGood(ContainerStatus container) {
        ContainerState state = container.getState();
        return state != null
                && state.getWaiting() != null
                && !DatabaseObservation.isStarting(state.getWaiting().getReason());
    }

    private List<ContainerStatus> containers() {
        List<ContainerStatus> all = new ArrayList<>();
        if (pod != null && pod.getStatus() != null) {
            // Those that prepare the pod come first; one of them that is done is no news.
            Objects.requireNonNullElse(pod.getStatus().getInitContainerStatuses(), List.<ContainerStatus>of()).stream()
                    .filter(container -> end(container) == null || exitCode(container) != 0)
                    .filter(container -> !Boolean.TRUE.equals(container.getReady()))
                    .forEach(all::add);
            all.addAll(Objects.requireNonNullElse(pod.getStatus().getContainerStatuses(), List.of()));
        }
        return all;
    }

    private Optional<PodCondition> condition(String type) {
        return pod == null || pod.getStatus() == null || pod.getStatus().getConditions() == null
                ? Optional.empty()
                : pod.getStatus().getConditions().stream()
                        .filter(condition -> type.equals(condition.getType()))
                        .findFirst();
    }

    private static Optional<String> trouble(ContainerStatus container) {
        if (Boolean.TRUE.equals(container.getReady())) {
            return Optional.empty();
        }
        ContainerState state = container.getState();
        String name = container.getName() + ": ";
        String ended = lastEnd(container).map(end -> ", " + end).orElse("");
        if (state != null && state.getWaiting() != null) {
            String reason = state.getWaiting().getReason();
            return Optional.of(name + part(reason, state.getWaiting().getMessage()) + ended);
        }
        if (state != null && state.getTerminated() != null) {
            return Optional.of(name + words("ended", state.getTerminated()));
        }
        return Optional.of(
                name + (state != null && state.getRunning() != null ? "runs and is not ready" : "not started") + ended);
    }

    private static Optional<String> lastEnd(ContainerStatus container) {
        ContainerState last = container.getLastState();
        return last == null || last.getTerminated() == null
                ? Optional.empty()
                : Optional.of(words("last ended", last.getTerminated()));
    }

    private static String words(String ended, ContainerStateTerminated end) {
        String why = part(end.getReason(), end.getMessage());
        return ended + " with exit code " + Objects.requireNonNullElse(end.getExitCode(), -1)
                + (why.isEmpty() ? "" : " (" + why + ")");
    }

    private static @Nullable ContainerStateTerminated end(ContainerStatus container) {
        return container.getState() == null ? null : container.getState().getTerminated();
    }

    private static int exitCode(ContainerStatus container) {
        ContainerStateTerminated end = end(container);
        return end == null ? 0 : Objects.requireNonNullElse(end.getExitCode(), -1);
    }

    private static int restarts(ContainerStatus container) {
        return Objects.requireNonNullElse(container.getRestartCount(), 0);
    }

    /** What the server says of itself. */
    private List<String> own() {
        boolean runs = containers().stream()
                .anyMatch(container ->
                        container.getState() != null && container.getState().getRunning() != null);
        ServerStatus said = answer;
        if (said == null) {
            return runs ? List.of("the shard server does not answer the operator") : List.of();
        }
        List<String> own = new ArrayList<>();
        if (!said.getMysqlReachable()) {
            own.add("the shard server cannot reach its database");
        }
        if (!said.getReadOnlyReason().isEmpty()) {
            own.add("it takes no writes: " + cut(said.getReadOnlyReason()));
        }
        said.getReplicasList().stream()
                .filter(replica ->
                        replica.getState() == ReplicaState.STALLED || replica.getState() == ReplicaState.QUARANTINED)
                .map(replica -> cut(replica.getReason()))
                .filter(reason -> !reason.isEmpty())
                .findFirst()
                .ifPresent(own::add);
        return own;
    }

    private static String part(@Nullable String reason, @Nullable String message) {
        String first = Objects.requireNonNullElse(reason, "");
        String second = message == null ? "" : cut(message);
        return first.isEmpty() || second.isEmpty() ? first + second : first + ": " + second;
    }

    private static String cut(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.length() <= LONGEST_PART ? line : line.substring(0, LONGEST_PART) + " ...";
    }
}
