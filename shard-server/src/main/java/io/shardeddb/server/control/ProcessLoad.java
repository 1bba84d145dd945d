package io.shardeddb.server.control;

import com.sun.management.OperatingSystemMXBean;
import io.shardeddb.protocol.wire.ServerStatus;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/** What this process and its machine are doing, looked at no more than once a second. */
final class ProcessLoad {
    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int PERMILLE = 1000;

    private final OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private long lookedAt = System.nanoTime() - INTERVAL_NANOS;
    private int machine;
    private int process;

    synchronized void report(ServerStatus.Builder status) {
        long now = System.nanoTime();
        if (now - lookedAt >= INTERVAL_NANOS) {
            lookedAt = now;
            machine = permille(system.getCpuLoad());
            process = permille(system.getProcessCpuLoad());
        }
        Runtime runtime = Runtime.getRuntime();
        status.setCpuPermille(machine)
                .setProcessCpuPermille(process)
                .setHeapBytes(runtime.totalMemory() - runtime.freeMemory())
                .setHeapMaxBytes(runtime.maxMemory());
    }

    /** The system gives a negative number, or none, while it does not know. */
    private static int permille(double load) {
        return load > 0 ? (int) Math.round(Math.min(1, load) * PERMILLE) : 0;
    }
}
