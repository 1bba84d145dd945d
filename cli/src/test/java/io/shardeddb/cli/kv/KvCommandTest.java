package io.shardeddb.cli.kv;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.cli.FakeRouter;
import io.shardeddb.cli.Run;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KvCommandTest {

    @TempDir
    private Path folder;

    private FakeRouter router;

    @BeforeEach
    void start() throws IOException {
        router = new FakeRouter();
    }

    @AfterEach
    void stop() {
        router.close();
    }

    @Test
    void putsWithAnExpiryAndAConditionAndGets() throws IOException {
        router.answer("PUT /v1/kv/s/user%2F7?ttlSeconds=1.5", 201, "{\"created\":true,\"timestamp\":117}");
        router.answer("PUT /v1/kv/s/user%2F7", 412, "{\"code\":\"CONDITION_FAILED\",\"message\":\"is there\"}");
        router.answer("GET /v1/kv/s/user%2F7", 200, "hello");

        assertThat(router.run("kv", "put", "s", "user/7", "hello", "--ttl", "1.5")
                        .out())
                .isEqualTo("created, version 117\n");
        assertThat(router.only().body()).isEqualTo("hello");
        assertThat(router.only().id()).isNotNull();
        assertThat(router.run("kv", "put", "s", "user/7", "x", "--if-absent").exitCode())
                .isEqualTo(ExitCode.NEGATIVE);
        assertThat(router.run("kv", "get", "s", "user/7").out()).isEqualTo("hello\n");
        Path file = folder.resolve("value");
        assertThat(router.run("kv", "get", "s", "user/7", "--file", file.toString())
                        .out())
                .isEmpty();
        assertThat(file).hasContent("hello");
        Files.write(file, new byte[(1 << 20) + 1]);
        assertThat(router.run("kv", "put", "s", "k", "--file", file.toString()).exitCode())
                .isEqualTo(ExitCode.DATA);
    }

    @Test
    void scansPageByPageUpToTheLimit() {
        router.answer(
                "GET /v1/kv/s?limit=3&prefix=a%26b",
                200, "{\"entries\":[{\"key\":\"1\"},{\"key\":\"2\"}],\"continuation\":\"c\"}");
        router.answer(
                "GET /v1/kv/s?limit=1&prefix=a%26b&continuation=c",
                200, "{\"entries\":[{\"key\":\"3\"}],\"continuation\":\"d\"}");

        Run run = router.run("kv", "scan", "s", "--prefix", "a&b", "--limit", "3", "-o", "csv");

        assertThat(run.out()).isEqualTo("key\n1\n2\n3\n");
    }

    @Test
    void countsAndDeletes() {
        router.answer("POST /v1/kv/s/hits/increment", 200, "{\"value\":5,\"timestamp\":1}");
        router.answer("DELETE /v1/kv/s/hits", 404, "{\"code\":\"KEY_NOT_FOUND\",\"message\":\"none\"}");

        assertThat(router.run("kv", "incr", "s", "hits", "--by", "2", "--max", "9")
                        .out())
                .isEqualTo("5\n");
        assertThat(router.only().body()).isEqualTo("{\"by\":2,\"max\":9}");
        Run run = router.run("kv", "delete", "s", "hits");
        assertThat(run.exitCode()).isEqualTo(ExitCode.NEGATIVE);
        assertThat(run.err()).contains("no key hits in s");
        assertThat(router.run("kv", "put", "s", "k", "v", "--no").exitCode()).isEqualTo(ExitCode.USAGE);
    }
}
