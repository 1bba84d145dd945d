package io.shardeddb.cli.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.cli.exit.CommandFailure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

final class RouterPortTest {

    @Test
    void saysAtOnceThatThePortIsTakenAndHowToChooseAnother() {
        RouterPort usual = RouterPort.of(null);
        assertThat(usual.number()).isEqualTo(5000);
        assertThat(usual.warning(true)).isEmpty();
        assertThat(usual.warning(false))
                .hasValueSatisfying(words -> assertThat(words)
                        .contains("127.0.0.1:5000 is taken by another program")
                        .contains("sdb up --router-port PORT"));
    }

    @Test
    void refusesAChosenPortThatIsTakenOrIsNone() {
        assertThat(RouterPort.of(5001).chosen()).isEqualTo(5001);
        assertThatThrownBy(() -> RouterPort.of(5001).warning(false))
                .isInstanceOf(CommandFailure.class)
                .hasMessageContaining("127.0.0.1:5001 is taken");
        assertThatThrownBy(() -> RouterPort.of(0)).hasMessageContaining("1 to 65535");
        assertThatThrownBy(() -> RouterPort.of(70_000)).hasMessageContaining("1 to 65535");
    }

    @Test
    void seesWhetherSomethingListens() throws IOException {
        int port;
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            port = other.getLocalPort();
            assertThat(RouterPort.isFree(port)).isFalse();
        }
        assertThat(RouterPort.isFree(port)).isTrue();
    }
}
