package io.shardeddb.local.forward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ForwardRequestTest {

    @Test
    void theBestProtocolThatIsOfferedIsSpoken() {
        assertThat(ForwardRequest.of("8080", "portforward.k8s.io, v4.channel.k8s.io"))
                .isEqualTo(new ForwardRequest(8080, "v4.channel.k8s.io"));
        assertThat(ForwardRequest.of("1", "x,portforward.k8s.io").protocol()).isEqualTo("portforward.k8s.io");
    }

    @Test
    void otherProtocolsAreRefusedByName() {
        assertThatThrownBy(() -> ForwardRequest.of("80", "SPDY/3.1+portforward.k8s.io"))
                .hasMessageContaining("SPDY/3.1");
        assertThatThrownBy(() -> ForwardRequest.of("80", null)).hasMessageContaining("v4.channel.k8s.io");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "65536", "http", "80,81", "-1"})
    void whatIsNoPortIsRefused(String ports) {
        assertThatThrownBy(() -> ForwardRequest.of(ports, "v4.channel.k8s.io"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
