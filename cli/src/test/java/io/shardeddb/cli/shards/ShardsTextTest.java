package io.shardeddb.cli.shards;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.shardeddb.crds.Shard;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ShardsTextTest {

    private static Shard shard(String annotations, String status) throws IOException {
        return new ObjectMapper(new YAMLFactory()).readValue("""
                metadata: {name: students-sh1, annotations: {%s}}
                spec: {database: students, name: sh1, interval: {from: 0, to: 4096}}
                status: {%s}
                """.formatted(annotations, status), Shard.class);
    }

    private static final String STATUS = """
            phase: Degraded, leader: server-0, term: 4, replicas: [
              {server: server-0, role: Leader, state: Healthy, appliedIndex: 12},
              {server: server-1, role: Learner, state: Copying, lag: 9, copy: 5 of about 10 rows}]""";

    @Test
    void showsALinePerCopy() throws IOException {
        assertThat(ShardsText.of(List.of(shard("shardeddb.io/preferred-leader: server-2", STATUS))))
                .isEqualTo("""
                DATABASE   SHARD   POSITIONS   PHASE      LEADER                        TERM   COPY ON    ROLE      STATE     APPLIED   LAG   NOTE
                students   sh1     [0, 4096)   Degraded   server-0 (wanted: server-2)   4      server-0   Leader    Healthy   12        0
                                                                                               server-1   Learner   Copying   -         9     5 of about 10 rows
                """);
    }

    @Test
    void knowsWhatIsNotAsItShouldBe() throws IOException {
        assertThat(ShardsText.unhealthy(shard("", STATUS))).isTrue();
        assertThat(ShardsText.unhealthy(
                        shard("", "phase: Ready, replicas: [{server: s, role: Leader, state: Healthy}]")))
                .isFalse();
    }

    @Test
    void refusesToPromoteWhatCannotLead() throws IOException {
        Shard shard = shard("", STATUS);
        assertThatThrownBy(() -> PromoteCommand.refuseUnfit(shard, "server-9"))
                .hasMessage("server-9 has no copy of sh1; copies are on [server-0, server-1]");
        assertThatThrownBy(() -> PromoteCommand.refuseUnfit(shard, "server-1"))
                .hasMessage("the copy of sh1 on server-1 cannot lead now: it is Copying and has no vote yet");
    }
}
