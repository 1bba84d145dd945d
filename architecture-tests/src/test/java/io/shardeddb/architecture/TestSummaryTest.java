package io.shardeddb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last lines of {@code ./sdb test}, from reports as Surefire writes them. */
final class TestSummaryTest {

    private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    private Path root;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

    private void report(String module, String folder, String suite, String seconds, String... skipped)
            throws IOException {
        StringBuilder cases = new StringBuilder();
        for (String message : skipped) {
            cases.append("<testcase name='t' time='0'><skipped ")
                    .append(message)
                    .append("/></testcase>");
        }
        write(
                module,
                folder,
                suite,
                "<?xml version='1.0' encoding='UTF-8'?><testsuite name='io.shardeddb." + suite + "' time='" + seconds
                        + "' tests='3'><properties><property name='a' value='b'/></properties>" + cases
                        + "<testcase name='u' time='0.5'/></testsuite>");
    }

    private void write(String module, String folder, String suite, String text) throws IOException {
        Path file = Files.createDirectories(root.resolve(module).resolve("target/" + folder))
                .resolve("TEST-io.shardeddb." + suite + ".xml");
        Files.writeString(file, text);
        Files.setLastModifiedTime(file, FileTime.from(BEGIN.plusSeconds(5)));
    }

    private boolean summary(Instant since) throws IOException {
        printed.reset();
        try (PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8)) {
            return TestSummary.read(root, since).print(out);
        }
    }

    private String text() {
        return printed.toString(StandardCharsets.UTF_8);
    }

    @Test
    void listsTheSlowestSuitesOfThisBuildFirst() throws IOException {
        for (int i = 0; i < TestSummary.SLOWEST + 5; i++) {
            report("router", "surefire-reports", "Quick" + i + "Test", "0." + (10 + i));
        }
        report("operator", "failsafe-reports", "reconcile.SlowIT", "1,234.5");
        assertThat(summary(BEGIN)).isTrue();
        assertThat(text().lines().filter(line -> line.contains("Test (") || line.contains("IT (")))
                .hasSize(TestSummary.SLOWEST)
                .first()
                .asString()
                .matches(" *1234\\.5 s +operator +SlowIT \\(3\\)");
        assertThat(text()).contains("Quick24Test").doesNotContain("Quick5Test").contains("No test was skipped.");

        assertThat(summary(BEGIN.plusSeconds(6))).isTrue();
        assertThat(text()).contains("The 0 slowest of 0 suites");
    }

    @Test
    void saysWhichTestsWereSkippedAndWhy() throws IOException {
        report(
                "system-tests",
                "failsafe-reports",
                "DiskFullIT",
                "1",
                "message='Assumption failed: this user may mount nothing' type='org.opentest4j.TestAbortedException'");
        report(
                "local-cluster",
                "failsafe-reports",
                "RecorderIT",
                "0",
                "message='System property [r] does not exist ==> records again: -Dr=true'",
                "message='System property [r] does not exist ==> records again: -Dr=true'");
        assertThat(summary(BEGIN)).isTrue();
        assertThat(text()).endsWith("""
            Skipped tests, 3:
              local-cluster RecorderIT: records again: -Dr=true (2 tests)
              system-tests DiskFullIT: this user may mount nothing
            """.indent(0).replace("\n", System.lineSeparator()));
    }

    @Test
    void saysLastWhichTestsFailedAndHow() throws IOException {
        write(
                "router",
                "surefire-reports",
                "http.RowsTest",
                "<testsuite name='io.shardeddb.http.RowsTest' time='1' tests='2'>"
                        + "<testcase name='first' time='0'><failure message='m' type='t'><![CDATA[Error: Expecting\n\n"
                        + "x".repeat(400)
                        + "\n\tat org.assertj.Some.call(Some.java:1)"
                        + "\n\tat io.shardeddb.http.RowsTest.first(RowsTest.java:7)\n]]></failure></testcase>"
                        + "<testcase name='second' time='0'><error type='t'>Broken</error></testcase></testsuite>");
        assertThat(summary(BEGIN)).isTrue();
        assertThat(text()).endsWith("""
            Failed tests, 2:
              router RowsTest.first
                  Error: Expecting
                  %s ...
                  at io.shardeddb.http.RowsTest.first(RowsTest.java:7)
              router RowsTest.second
                  Broken
            """.formatted("x".repeat(300)));
    }

    @Test
    void aTestSkippedWithoutAReasonFailsTheBuild() throws IOException {
        for (String message : new String[] {
            "message='System property [r] does not exist'",
            "message='Assumption failed: assumption is not true'",
            "message='void io.shardeddb.SomeTest.t() is @Disabled'",
            "message=''",
            ""
        }) {
            report("cli", "surefire-reports", "SomeTest", "1", message);
            assertThat(summary(BEGIN)).as(message).isFalse();
            assertThat(text()).contains("cli SomeTest: NO REASON GIVEN");
        }
    }

    @Test
    void aReportThatBreaksOffFailsTheBuild() throws IOException {
        write("cli", "surefire-reports", "SomeTest", "<testsuite name='a' time='1' tests='1'><testcase");
        assertThat(summary(BEGIN)).isFalse();
        assertThat(text()).contains("cannot be read").contains("TEST-io.shardeddb.SomeTest.xml");
    }
}
