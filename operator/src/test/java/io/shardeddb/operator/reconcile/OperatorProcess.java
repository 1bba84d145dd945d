package io.shardeddb.operator.reconcile;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.shardeddb.operator.act.ApiCalls;
import io.shardeddb.operator.config.OperatorSettings;
import io.shardeddb.operator.health.HealthServer;
import io.shardeddb.operator.world.World;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;

/**
 * The operator in a process of its own, working on a world in another one. It is the operator's own main program but
 * for the names of servers, which nobody resolves there.
 */
public final class OperatorProcess {

    private OperatorProcess() {}

    /**
     * Runs until its input ends, and prints the port of its metrics.
     *
     * @param ports those that {@link World#ports} tells
     */
    public static void main(String[] ports) throws IOException {
        ApiCalls calls = new ApiCalls();
        try (KubernetesClient client = World.operatorOf(Integer.parseInt(ports[0]), calls);
                OperatorRun run = new OperatorRun(
                        client,
                        OperatorSettings.of(Map.of()),
                        World.linksOf(Integer.parseInt(ports[1])),
                        OperatorRun.LeaseTimes.USUAL,
                        () -> {});
                HealthServer health = new HealthServer(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), () -> true, run.figures(calls))) {
            run.start();
            System.out.println("metrics " + health.port());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }
}
