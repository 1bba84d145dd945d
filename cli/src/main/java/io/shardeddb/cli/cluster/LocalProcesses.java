package io.shardeddb.cli.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What the node agent wrote down about the processes of its pods. Only reads files; safe next to a running cluster. */
public final class LocalProcesses {

    private final Home home;

    private LocalProcesses(Home home) {
        this.home = home;
    }

    /** Of the cluster at this home. */
    public static LocalProcesses of(Home home) {
        return new LocalProcesses(home);
    }

    /** Process ids of a pod's containers by container name; empty when the pod runs elsewhere or not at all. */
    public Map<String, Long> ofPod(String namespace, String pod) {
        Map<String, Long> processes = new LinkedHashMap<>();
        read(home.pod(namespace, pod).resolve("state.json"))
                .ifPresent(state -> state.path("containers")
                        .properties()
                        .forEach(container -> processes.put(
                                container.getKey(),
                                container.getValue().path("pid").asLong())));
        return processes;
    }

    /** Process id of the cluster itself, when it is on record and alive. */
    public Optional<Long> daemon() {
        return read(home.daemon())
                .map(daemon -> daemon.path("pid").asLong())
                .filter(pid -> pid > 0)
                .filter(pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
    }

    /**
     * Where the cluster's API answers.
     *
     * @throws CommandFailure when it left no address on record
     */
    public URI address() {
        String address = read(home.daemon())
                .map(daemon -> daemon.path("address").asText(""))
                .orElse("");
        if (address.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "no local cluster runs in " + home.path() + "; start one with: sdb up");
        }
        return URI.create(address);
    }

    public boolean daemonRuns() {
        return daemon().isPresent();
    }

    public Home home() {
        return home;
    }

    private static Optional<JsonNode> read(Path file) {
        try {
            return Optional.of(Json.MAPPER.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The folder of a pod's volume; empty if it has none. */
    public Optional<Path> volume(Pod pod) {
        return pod.getSpec().getVolumes().stream()
                .filter(volume -> volume.getPersistentVolumeClaim() != null)
                .findFirst()
                .map(volume -> home.volume(
                        pod.getMetadata().getNamespace(),
                        volume.getPersistentVolumeClaim().getClaimName()));
    }
}
