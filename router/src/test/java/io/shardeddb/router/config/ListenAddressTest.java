package io.shardeddb.router.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class ListenAddressTest {

    @Test
    void inAPodOfKubernetesItIsEveryAddressSoThatAPortForwardArrives() {
        assertThat(ListenAddress.of(Map.of("POD_IP", "10.0.0.7"))).isEqualTo("0.0.0.0");
        assertThat(ListenAddress.of(Map.of("POD_IP", "fd00::7"))).isEqualTo("::");
        assertThat(ListenAddress.of(Map.of())).isEqualTo("0.0.0.0");
    }

    @Test
    void aProcessOfTheLocalClusterKeepsToItsOwnAddress() {
        assertThat(ListenAddress.of(Map.of("POD_IP", " 127.0.115.6 "))).isEqualTo("127.0.115.6");
    }
}
