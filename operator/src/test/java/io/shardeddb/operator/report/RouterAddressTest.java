package io.shardeddb.operator.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import org.junit.jupiter.api.Test;

/** Where a database's status says that its router answers. */
class RouterAddressTest {

    private static Service service(LoadBalancerIngress... ingress) {
        return new ServiceBuilder()
                .withNewMetadata()
                .withName("shop-router")
                .withNamespace("stores")
                .endMetadata()
                .withNewSpec()
                .addNewPort()
                .withName("http")
                .withPort(5000)
                .endPort()
                .addNewPort()
                .withName("grpc")
                .withPort(5001)
                .endPort()
                .endSpec()
                .withNewStatus()
                .withNewLoadBalancer()
                .withIngress(ingress)
                .endLoadBalancer()
                .endStatus()
                .build();
    }

    private static LoadBalancerIngress at(String address, int... ports) {
        LoadBalancerIngressBuilder ingress = new LoadBalancerIngressBuilder().withIp(address);
        for (int port : ports) {
            ingress.addNewPort().withPort(port).withProtocol("TCP").endPort();
        }
        return ingress.build();
    }

    @Test
    void withoutAServiceItAnswersNowhere() {
        assertThat(RouterAddress.of(null)).isEqualTo(RouterAddress.NOWHERE);
    }

    @Test
    void withoutAnAddressOfItsOwnItHasTheServicesName() {
        assertThat(RouterAddress.of(service()))
                .isEqualTo(new RouterAddress("http://shop-router.stores.svc:5000", "shop-router.stores.svc:5001"));
    }

    @Test
    void anAddressThatTellsNoPortsHasTheServices() {
        assertThat(RouterAddress.of(service(at("10.1.2.3"))))
                .isEqualTo(new RouterAddress("http://10.1.2.3:5000", "10.1.2.3:5001"));
        LoadBalancerIngress named =
                new LoadBalancerIngressBuilder().withHostname("db.example").build();
        assertThat(RouterAddress.of(service(named)))
                .isEqualTo(new RouterAddress("http://db.example:5000", "db.example:5001"));
    }

    @Test
    void portsThatAreToldAreInTheServicesOrder() {
        assertThat(RouterAddress.of(service(at("127.0.0.1", 5001, 40000))))
                .isEqualTo(new RouterAddress("http://127.0.0.1:5001", "127.0.0.1:40000"));
    }

    @Test
    void anAddressThatTellsOnePortHasNoneForGrpc() {
        assertThat(RouterAddress.of(service(at("127.0.0.1", 5005))))
                .isEqualTo(new RouterAddress("http://127.0.0.1:5005", null));
        assertThat(RouterAddress.of(service(at("127.0.0.1", 5001))).grpc()).isEqualTo("127.0.0.1:5001");
    }
}
