package io.shardeddb.router.http.admin;

import static io.shardeddb.router.http.admin.SpecEditsTest.init;
import static io.shardeddb.router.http.admin.SpecEditsTest.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.crds.NamedServerSpec;
import io.shardeddb.crds.ShardRangeSpec;
import io.shardeddb.protocol.error.DatabaseException;
import io.shardeddb.protocol.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.Test;

class ServerRemovalTest {

    @SuppressWarnings("UnnecessaryLambda") // A constant reads better in a dozen calls than a method reference.
    private static final IntUnaryOperator FIRST = bound -> 0;

    private final Map<String, List<String>> servers = new LinkedHashMap<>();

    @Test
    void takesTheNamedServersAndLowersTheCopies() {
        List.of("Server0", "Server1", "Server2").forEach(name -> servers.put(name, List.of("sh1", "sh2", "sh3")));
        servers.put("Server3", List.of());
        SpecEdits.Edit edit = remove("{\"n\":2,\"servers\":[\"Server1\"]}");
        assertThat(edit.servers()).containsExactly("Server1", "Server3");
        assertThat(edit.spec().servers().count()).isEqualTo(2);
        assertThat(edit.spec().shards())
                .allSatisfy(shard -> assertThat(shard.replicas()).isEqualTo(2));
    }

    @Test
    void keepsAQuorumOfTheCopiesByHavingSomeMadeElsewhere() {
        servers.put("Server0", List.of("sh1", "sh2"));
        servers.put("Server1", List.of("sh2", "sh3"));
        servers.put("Server2", List.of("sh1", "sh3"));
        servers.put("Server4", List.of("sh3"));
        SpecEdits.Edit edit = remove("{\"n\":2,\"servers\":[\"Server4\"]}");
        assertThat(edit.servers()).containsExactly("Server4", "Server0");
        assertThat(edit.spec().shards())
                .contains(new ShardRangeSpec("sh1", 0L, 4096L, 2), new ShardRangeSpec("sh3", 8192L, 4096L, 2));
        assertThat(edit.spec().servers().named())
                .contains(new NamedServerSpec("Server1", List.of("sh2", "sh3")))
                .hasSize(2);
    }

    @Test
    void prefersServersThatNeedNoNewCopy() {
        servers.put("Server0", List.of("sh1"));
        servers.put("Server1", List.of("sh1"));
        servers.put("Server2", List.of("sh2"));
        servers.put("Server3", List.of("sh2"));
        servers.put("Server4", List.of("sh2"));
        assertThat(remove("{\"n\":1}").servers()).containsExactly("Server2");
        assertThat(remove("{\"n\":2,\"hostnames\":[\"Server3\"]}").servers()).containsExactly("Server3", "Server0");
    }

    @Test
    void refusesToLoseLastCopiesAndToLeaveTooFewServers() {
        servers.put("Server0", List.of("sh1"));
        servers.put("Server1", List.of("sh1"));
        assertUnsafe("{\"n\":1,\"servers\":[\"Server0\"]}", "only 1 servers would stay");
        servers.put("Server2", List.of("sh2"));
        assertUnsafe("{\"n\":1,\"servers\":[\"Server2\"]}", "shard sh2 would lose its last copies");
    }

    @Test
    void refusesUnknownNamesAndTooMany() {
        servers.put("Server0", List.of());
        servers.put("Server1", List.of());
        assertThatThrownBy(() -> remove("{\"n\":1,\"servers\":[\"X\"]}"))
                .hasMessageContaining("Server Name : X not found");
        assertThatThrownBy(() -> remove("{\"n\":1,\"servers\":[\"Server0\",\"Server1\"]}"))
                .hasMessage("Length of server list is more than removable instances");
        assertThatThrownBy(() -> remove("{\"n\":3}")).hasMessageContaining("more than removable");
    }

    private SpecEdits.Edit remove(String body) {
        return ServerRemoval.remove(init(), parse(body), servers, FIRST);
    }

    private void assertUnsafe(String body, String reason) {
        assertThatThrownBy(() -> remove(body))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSAFE))
                .hasMessageContaining(reason);
    }
}
