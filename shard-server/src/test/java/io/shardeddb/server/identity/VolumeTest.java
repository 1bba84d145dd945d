package io.shardeddb.server.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumeTest {
    @TempDir
    Path folder;

    @Test
    void keepsItsIdAndCountsItsStarts() throws IOException {
        String id;
        try (Volume first = Volume.open(folder)) {
            id = first.id();
            assertThat(id).matches("[0-9a-f]{32}");
            assertThat(first.bootCounter()).isEqualTo(1);
            assertThat(first.isIntact()).isTrue();
        }
        try (Volume second = Volume.open(folder)) {
            assertThat(second.id()).isEqualTo(id);
            assertThat(second.bootCounter()).isEqualTo(2);
        }
    }

    @Test
    void isHeldByOneAtATime() throws IOException {
        try (Volume held = Volume.open(folder)) {
            assertThatThrownBy(() -> Volume.open(folder))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("another process holds");
            assertThat(held.isIntact()).isTrue();
        }
        Volume.open(folder).close();
    }

    @Test
    void noticesThatItsIdentityIsGone() throws IOException {
        try (Volume volume = Volume.open(folder)) {
            Files.delete(folder.resolve("identity"));
            assertThat(volume.isIntact()).isFalse();
        }
    }

    @Test
    void noticesThatItsFolderIsGone(@TempDir Path parent) throws IOException {
        Path inside = parent.resolve("data");
        try (Volume volume = Volume.open(inside)) {
            Files.move(inside, parent.resolve("away"));
            assertThat(volume.isIntact()).isFalse();
            Files.createDirectory(inside);
            assertThat(volume.isIntact()).isFalse();
        }
    }

    @Test
    void noticesAnotherVolumeUnderItsPath(@TempDir Path other) throws IOException {
        try (Volume volume = Volume.open(folder);
                Volume foreign = Volume.open(other)) {
            assertThat(foreign.id()).isNotEqualTo(volume.id());
            Files.copy(
                    other.resolve("identity"),
                    folder.resolve("identity"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            assertThat(volume.isIntact()).isFalse();
        }
    }

    @Test
    void refusesAnIdentityThatItCannotRead() throws IOException {
        Files.writeString(folder.resolve("identity"), "volume xyz\nboot 1\n");
        assertThatThrownBy(() -> Volume.open(folder)).hasMessageContaining("cannot be read");
        assertThat(Files.readString(folder.resolve("identity"))).isEqualTo("volume xyz\nboot 1\n");
        Files.writeString(folder.resolve("identity"), "");
        assertThatThrownBy(() -> Volume.open(folder)).hasMessageContaining("cannot be read");
    }

    @Test
    void anEmptiedFolderIsAnotherVolume() throws IOException {
        String id;
        try (Volume first = Volume.open(folder)) {
            id = first.id();
        }
        Files.delete(folder.resolve("identity"));
        try (Volume second = Volume.open(folder)) {
            assertThat(second.id()).isNotEqualTo(id);
            assertThat(second.bootCounter()).isEqualTo(1);
        }
    }
}
