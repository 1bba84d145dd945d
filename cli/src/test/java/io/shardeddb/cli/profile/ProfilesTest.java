package io.shardeddb.cli.profile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ProfilesTest {

    @TempDir
    private Path folder;

    @Test
    void readsAProfileThatOnlyItsOwnerMayRead() throws IOException {
        Path file = written("profiles: {office: {endpoint: 'http://db:5000', token: geheim}}", "rw-------");
        Profile office = Profiles.read(file, "office");
        assertThat(office.endpoint()).isEqualTo("http://db:5000");
        assertThat(office.token()).isEqualTo("geheim");
        assertThat(office.toString()).doesNotContain("geheim");
    }

    @Test
    void refusesATokenThatOthersMayRead() throws IOException {
        Path file = written("profiles: {office: {token: geheim}, home: {database: a}}", "rw-r-----");
        assertThatThrownBy(() -> Profiles.read(file, "home")).hasMessageContaining("chmod 600");
        Path open = written("profiles: {home: {database: a}}", "rw-r--r--");
        assertThat(Profiles.read(open, "home").database()).isEqualTo("a");
    }

    @Test
    void namesWhatIsWrong() throws IOException {
        Path file = written("profiles: {a: {endpont: x}, b: {endpoint: 'db:5000'}}", "rw-------");
        assertThatThrownBy(() -> Profiles.read(file, "a")).hasMessageContaining("endpont");
        assertThatThrownBy(() -> Profiles.read(file, "b")).hasMessageContaining("http://");
        assertThatThrownBy(() -> Profiles.read(file, "c")).hasMessageContaining("it has [a, b]");
        assertThatThrownBy(() -> Profiles.read(folder.resolve("none"), "c")).hasMessageContaining("cannot read");
    }

    @Test
    void isLookedForInTheUsersFolder() {
        assertThat(Profiles.file(Map.of(), "/home/ada")).isEqualTo(Path.of("/home/ada/.config/sdb/profiles.yaml"));
        assertThat(Profiles.file(Map.of("XDG_CONFIG_HOME", "/c"), "/home/ada"))
                .isEqualTo(Path.of("/c/sdb/profiles.yaml"));
        assertThat(Profiles.file(Map.of("SDB_PROFILES", "/p.yaml"), "/home/ada"))
                .isEqualTo(Path.of("/p.yaml"));
    }

    private Path written(String text, String permissions) throws IOException {
        Path file = Files.writeString(folder.resolve("profiles.yaml"), text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }
}
