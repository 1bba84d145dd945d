package io.shardeddb.local.workload;

import io.shardeddb.local.api.Objects;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** All controllers of the control plane, started and stopped together. */
public final class Controllers implements AutoCloseable {
    private final List<ControlLoop> loops = new ArrayList<>();
    private final ServiceProxy proxy;

    /** Starts them; the directories of volumes stand below {@code volumes}. */
    public Controllers(Objects objects, Path volumes) throws IOException {
        this(objects, volumes, 0);
    }

    /**
     * Starts them with a port for what is published on this machine.
     *
     * @param publishedPort port on 127.0.0.1 that the first published Service takes; 0: the Service's own
     */
    public Controllers(Objects objects, Path volumes, int publishedPort) throws IOException {
        proxy = ServiceProxy.start(objects, publishedPort);
        loops.add(Volumes.start(objects, volumes));
        loops.add(StatefulSets.start(objects));
        loops.add(ReplicaSets.start(objects));
        loops.add(Deployments.start(objects));
        loops.add(Endpoints.start(objects));
        loops.add(DisruptionBudgets.start(objects));
        loops.add(GarbageCollector.start(objects));
        loops.add(EventExpiry.start(objects));
    }

    @Override
    public void close() {
        loops.forEach(ControlLoop::close);
        proxy.close();
    }
}
