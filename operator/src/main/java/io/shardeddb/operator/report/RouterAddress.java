package io.shardeddb.operator.report;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.PortStatus;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.shardeddb.operator.desired.Naming;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a router answers: the address that its Service was given, else its name in the cluster. Pure.
 *
 * @param http a URL; absent: the Service is not there
 * @param grpc host:port; absent: the Service is not there, or its address has no port for gRPC
 */
public record RouterAddress(@Nullable String http, @Nullable String grpc) {

    /** Of a router whose Service is not there yet. */
    public static final RouterAddress NOWHERE = new RouterAddress(null, null);

    /** By the router's Service. */
    public static RouterAddress of(@Nullable Service service) {
        if (service == null) {
            return NOWHERE;
        }
        LoadBalancerIngress ingress = ingress(service);
        if (ingress == null) {
            String name = service.getMetadata().getName() + "."
                    + service.getMetadata().getNamespace() + ".svc:";
            return new RouterAddress("http://" + name + Naming.HTTP_PORT, name + Naming.ROUTER_GRPC_PORT);
        }
        String host = ingress.getIp() != null ? ingress.getIp() : ingress.getHostname();
        List<PortStatus> ports = Objects.requireNonNullElse(ingress.getPorts(), List.of());
        Integer http = port(service, ports, Naming.HTTP_PORT);
        Integer first = ports.isEmpty()
                ? Integer.valueOf(Naming.HTTP_PORT)
                : ports.getFirst().getPort();
        Integer grpc = port(service, ports, Naming.ROUTER_GRPC_PORT);
        return new RouterAddress(
                "http://" + host + ":" + (http == null ? first : http), grpc == null ? null : host + ":" + grpc);
    }

    private static @Nullable LoadBalancerIngress ingress(Service service) {
        if (service.getStatus() == null || service.getStatus().getLoadBalancer() == null) {
            return null;
        }
        List<LoadBalancerIngress> ingress =
                service.getStatus().getLoadBalancer().getIngress();
        return ingress == null || ingress.isEmpty() ? null : ingress.getFirst();
    }

    /**
     * Under which number the address has a port of the Service. One that tells no ports has the same ones. One that
     * tells as many as the Service has tells them in their order.
     */
    private static @Nullable Integer port(Service service, List<PortStatus> ports, int own) {
        if (ports.isEmpty()) {
            return own;
        }
        List<ServicePort> declared =
                service.getSpec() == null ? List.of() : service.getSpec().getPorts();
        if (declared.size() == ports.size()) {
            for (int i = 0; i < ports.size(); i++) {
                if (Objects.equals(declared.get(i).getPort(), own)) {
                    return ports.get(i).getPort();
                }
            }
        }
        return ports.stream().anyMatch(each -> Objects.equals(each.getPort(), own)) ? (Integer) own : null;
    }
}
