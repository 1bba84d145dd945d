package io.shardeddb.architecture;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * The last lines of {@code ./sdb test}: the slowest suites, every skipped test with the reason, and every failed test
 * with its message, so that the end of a log tells why a build failed. Reads the reports that Surefire and Failsafe
 * leave in each module. {@code sdb} starts this file as a program of its own, also after a build that failed.
 */
final class TestSummary {

    /** Suites that are listed. */
    static final int SLOWEST = 20;

    /** Lines of a failure's message that are shown, and characters of a line: a message may hold a whole answer. */
    private static final int MESSAGE_LINES = 12;

    private static final int MESSAGE_WIDTH = 300;

    private static final List<String> REPORTS = List.of("surefire-reports", "failsafe-reports");
    /** What JUnit puts before the reason that the condition of a test gives. */
    private static final String REASON_FOLLOWS = "==> ";

    private static final String ASSUMPTION = "Assumption failed: ";
    /** How messages begin that JUnit makes by itself when no reason is given. */
    private static final List<String> NO_REASON =
            List.of("System property [", "Environment variable [", "assumption is not ", "Disabled on ", "Enabled on ");

    private final List<Suite> suites = new ArrayList<>();
    private final List<String> unreadable = new ArrayList<>();

    /**
     * One report.
     *
     * @param seconds that it took
     * @param skipped the message of each skipped test, as JUnit gives it
     * @param failed each failed test: its name, its message, and the line of the suite where it failed
     */
    private record Suite(
            String module, String name, int tests, double seconds, List<String> skipped, List<String> failed) {}

    private TestSummary() {}

    /**
     * Prints the summary of a build, and ends with 1 when a test was skipped without a reason.
     *
     * @param arguments the folder of the modules, and the second (since 1970) at which the build began: older reports
     *     are not of it
     */
    public static void main(String[] arguments) throws IOException {
        TestSummary summary = read(Path.of(arguments[0]), Instant.ofEpochSecond(Long.parseLong(arguments[1])));
        System.exit(summary.print(System.out) ? 0 : 1);
    }

    /**
     * Reads the reports of all modules.
     *
     * @param root the folder of the modules
     * @param since reports that are older are left out
     */
    static TestSummary read(Path root, Instant since) throws IOException {
        TestSummary summary = new TestSummary();
        for (Path module : sorted(root, "*")) {
            for (String folder : REPORTS) {
                Path reports = module.resolve("target").resolve(folder);
                if (Files.isDirectory(reports)) {
                    for (Path report : sorted(reports, "TEST-*.xml")) {
                        summary.add(String.valueOf(module.getFileName()), report, since);
                    }
                }
            }
        }
        return summary;
    }

    private static List<Path> sorted(Path folder, String names) throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, names)) {
            entries.forEach(found::add);
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private void add(String module, Path report, Instant since) throws IOException {
        if (Files.getLastModifiedTime(report).toInstant().isBefore(since)) {
            return;
        }
        try {
            suites.add(suite(module, report));
        } catch (XMLStreamException | NumberFormatException broken) {
            unreadable.add(report + ": " + broken.getMessage());
        }
    }

    private static Suite suite(String module, Path report) throws IOException, XMLStreamException {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        String name = "";
        int tests = 0;
        double seconds = 0;
        String test = "";
        List<String> skipped = new ArrayList<>();
        List<String> failed = new ArrayList<>();
        try (InputStream in = Files.newInputStream(report)) {
            XMLStreamReader xml = factory.createXMLStreamReader(in);
            while (xml.hasNext()) {
                if (xml.next() != XMLStreamConstants.START_ELEMENT) {
                    continue;
                }
                switch (xml.getLocalName()) {
                    case "testsuite" -> {
                        name = attribute(xml, "name");
                        tests = Integer.parseInt(attribute(xml, "tests"));
                        // Surefire groups thousands with commas.
                        seconds = Double.parseDouble(attribute(xml, "time").replace(",", ""));
                    }
                    case "testcase" -> test = attribute(xml, "name");
                    case "skipped" -> skipped.add(attribute(xml, "message"));
                    case "failure", "error" -> failed.add(test + "\n" + shortened(xml.getElementText(), name));
                    default -> {
                        // Properties and what was printed.
                    }
                }
            }
        }
        return new Suite(module, name.substring(name.lastIndexOf('.') + 1), tests, seconds, skipped, failed);
    }

    /** The message of a failure without its stack, and the first call that the suite itself made. */
    private static String shortened(String trace, String suite) {
        List<String> lines = new ArrayList<>();
        trace.lines()
                .takeWhile(line -> !line.startsWith("\tat "))
                .filter(line -> !line.isBlank())
                .limit(MESSAGE_LINES)
                .map(line -> line.length() > MESSAGE_WIDTH ? line.substring(0, MESSAGE_WIDTH) + " ..." : line)
                .forEach(lines::add);
        trace.lines()
                .filter(line -> line.startsWith("\tat ") && line.contains(suite))
                .findFirst()
                .ifPresent(line -> lines.add(line.strip()));
        return String.join("\n", lines);
    }

    private static String attribute(XMLStreamReader xml, String name) {
        String value = xml.getAttributeValue(null, name);
        return value == null ? "" : value;
    }

    /** What a person wrote about why a test is skipped; empty when nobody did. */
    private static String reason(String message) {
        int told = message.indexOf(REASON_FOLLOWS);
        String reason = told >= 0 ? message.substring(told + REASON_FOLLOWS.length()) : message;
        String words = (reason.startsWith(ASSUMPTION) ? reason.substring(ASSUMPTION.length()) : reason).strip();
        boolean made = NO_REASON.stream().anyMatch(words::startsWith) || words.endsWith(" is @Disabled");
        return made ? "" : words.lines().findFirst().orElse("");
    }

    /** Prints the summary. Returns false when a test was skipped without a reason, or a report could not be read. */
    boolean print(PrintStream out) {
        double all = suites.stream().mapToDouble(Suite::seconds).sum();
        out.printf(
                Locale.ROOT,
                "%nThe %d slowest of %d suites, which took %.0f s together:%n",
                Math.min(SLOWEST, suites.size()),
                suites.size(),
                all);
        suites.stream()
                .sorted(Comparator.comparingDouble(Suite::seconds).reversed())
                .limit(SLOWEST)
                .forEach(suite -> out.printf(
                        Locale.ROOT,
                        "%8.1f s  %-18s %s (%d)%n",
                        suite.seconds(),
                        suite.module(),
                        suite.name(),
                        suite.tests()));
        boolean told = printSkipped(out);
        printFailed(out);
        unreadable.forEach(report -> out.println("A test report cannot be read: " + report));
        return told && unreadable.isEmpty();
    }

    private boolean printSkipped(PrintStream out) {
        Map<String, Integer> skipped = new LinkedHashMap<>();
        boolean told = true;
        for (Suite suite : suites) {
            for (String message : suite.skipped()) {
                String reason = reason(message);
                told &= !reason.isEmpty();
                skipped.merge(
                        suite.module() + " " + suite.name() + ": "
                                + (reason.isEmpty() ? "NO REASON GIVEN; give it one (" + message + ")" : reason),
                        1,
                        Integer::sum);
            }
        }
        int tests = skipped.values().stream().mapToInt(Integer::intValue).sum();
        out.println(tests == 0 ? "No test was skipped." : "Skipped tests, " + tests + ":");
        skipped.forEach((line, count) -> out.println("  " + line + (count == 1 ? "" : " (" + count + " tests)")));
        return told;
    }

    private void printFailed(PrintStream out) {
        long failures =
                suites.stream().mapToLong(suite -> suite.failed().size()).sum();
        if (failures > 0) {
            out.println("Failed tests, " + failures + ":");
        }
        for (Suite suite : suites) {
            for (String failure : suite.failed()) {
                out.println("  " + suite.module() + " " + suite.name() + "." + failure.replace("\n", "\n      "));
            }
        }
    }
}
