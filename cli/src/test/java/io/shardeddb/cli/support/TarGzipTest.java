package io.shardeddb.cli.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TarGzipTest {

    @TempDir
    private Path folder;

    @Test
    void isReadByTarItself() throws IOException, InterruptedException {
        Path archive = folder.resolve("a.tar.gz");
        String deep = "deep/" + "x".repeat(90) + "/" + "y".repeat(90) + ".txt";
        try (TarGzip tar = new TarGzip(Files.newOutputStream(archive), 1_700_000_000)) {
            tar.add("one.txt", "ä\n");
            tar.add(deep, "z".repeat(512));
            tar.add("empty.txt", "");
        }
        Process process = new ProcessBuilder("tar", "xzf", archive.toString(), "-C", folder.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEmpty();
        assertThat(process.waitFor()).isZero();
        assertThat(folder.resolve("one.txt")).hasContent("ä\n");
        assertThat(folder.resolve(deep)).hasContent("z".repeat(512));
        assertThat(folder.resolve("empty.txt")).isEmptyFile();
    }
}
