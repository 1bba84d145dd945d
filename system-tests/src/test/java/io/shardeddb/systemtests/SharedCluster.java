package io.shardeddb.systemtests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.opentest4j.TestAbortedException;

/**
 * Gives tests a cluster that all suites of a run share, with the database of {@code examples/students.yaml}, ready and
 * with three copies of each shard. It is started when first asked for, because a cluster and its database take longer
 * to start than most tests take to run. A test leaves the database as it found it, but for rows, and removes what it
 * added. After a test that fails the cluster is removed, and the next test gets a new one.
 */
public final class SharedCluster implements ParameterResolver, AfterEachCallback {

    /** With {@code -Dclusters.keep=true} a cluster in which a test failed leaves its logs and data behind. */
    private static final boolean KEEP = Boolean.getBoolean("clusters.keep");

    private static final Namespace NAMESPACE = Namespace.create(SharedCluster.class);

    /** The cluster and the folder with its data. */
    private record Started(RunningCluster cluster, Path folder) implements AutoCloseable {

        static Started start() {
            try {
                Path folder = Files.createTempDirectory("system-tests");
                return new Started(RunningCluster.up(folder, "--fault-switches", "students.yaml"), folder);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            cluster.close();
            List<Path> left;
            try (Stream<Path> files = Files.walk(folder)) {
                left = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : left) {
                Files.delete(each);
            }
        }
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningCluster.class;
    }

    @Override
    public RunningCluster resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Started started = store(context).computeIfAbsent(Started.class, key -> Started.start(), Started.class);
        return started.cluster();
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        boolean failed = context.getExecutionException()
                .filter(thrown -> !(thrown instanceof TestAbortedException))
                .isPresent();
        if (failed) {
            Started broken = store(context).remove(Started.class, Started.class);
            if (broken != null && KEEP) {
                broken.cluster().leave();
            } else if (broken != null) {
                broken.close();
            }
        }
    }

    private static Store store(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE);
    }
}
