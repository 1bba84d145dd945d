package io.shardeddb.bench.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shardeddb.bench.load.LoadException;
import io.shardeddb.bench.load.Target;
import io.shardeddb.bench.workload.Operation;
import io.shardeddb.bench.workload.Table;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyTargetTest {

    @Test
    void aRowIsAValueUnderItsKey() {
        assertThat(KeyTarget.value(List.of(7L, "name", 3L))).isEqualTo("7,name,3");
        assertThat(KeyTarget.entries(List.of(List.of(7L, "a"), List.of(8L, "b"))))
                .isEqualTo("{\"entries\":[{\"key\":\"7\",\"value\":\"7,a\"},{\"key\":\"8\",\"value\":\"8,b\"}]}");
    }

    @Test
    void onlyWhatKeysCanDoIsDriven() throws IOException, LoadException, InterruptedException {
        try (StubServer stub = StubServer.start();
                Target.Session session = new KeyTarget("keys", stub.address(), "space").connect(Table.students(), 0)) {
            session.run(new Operation.Read(7));
            session.run(new Operation.Insert(0, List.of(List.of(7L, "name", 3L))));
            assertThatThrownBy(() -> session.run(new Operation.Scan(7, 1))).isInstanceOf(LoadException.class);
        }
    }
}
