package io.shardeddb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import io.shardeddb.architecture.source.Exceptions;
import io.shardeddb.architecture.source.Sources;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a reader takes in at once stays small: lines, methods, files and packages of main and test code. */
final class SizesTest {

    private static final int FILE_LINES_MAX = 400;
    private static final int METHOD_LINES_MAX = 60;
    private static final int PACKAGE_TYPES_MAX = 12;
    private static final int COLUMNS_MAX = 120;
    private static final int FILES_PARSED_AT_ONCE = 100;

    private final Sources sources = Sources.ofThisRepository();

    @Test
    void filesAreShort() {
        Map<String, Long> lines = new TreeMap<>();
        for (Path file : sources.endingIn(".java", ".proto")) {
            lines.put(sources.name(file), (long) sources.lines(file).size());
        }
        assertThat(Exceptions.judge(sources, "file-lines", "lines", FILE_LINES_MAX, lines))
                .as("cut files by what they do")
                .isEmpty();
    }

    @Test
    void linesAreNarrow() {
        Map<String, Long> wide = new TreeMap<>();
        for (Path file : sources.endingIn(".java")) {
            wide.put(sources.name(file), wide(sources.lines(file)));
        }
        String unit = "lines of more than " + COLUMNS_MAX + " columns";
        assertThat(Exceptions.judge(sources, "wide-lines", unit, 0, wide)).isEmpty();
    }

    @Test
    void packagesAreSmall() {
        Map<String, Long> types = new TreeMap<>();
        for (Path file : sources.endingIn(".java")) {
            if (!file.endsWith("package-info.java")) {
                types.merge(sources.name(Objects.requireNonNull(file.getParent())), 1L, Long::sum);
            }
        }
        assertThat(Exceptions.judge(sources, "package-types", "types", PACKAGE_TYPES_MAX, types))
                .as("cut packages by what they do")
                .isEmpty();
    }

    @Test
    void methodsAreShort() throws IOException {
        List<TextFile> files = sources.endingIn(".java").stream()
                .map(file -> new TextFile(sources.name(file), String.join("\n", sources.lines(file))))
                .toList();
        Map<String, Long> lines = new TreeMap<>();
        // A compiler for each file would take most of the time to begin; one for all would hold all their trees.
        for (int from = 0; from < files.size(); from += FILES_PARSED_AT_ONCE) {
            lines.putAll(methods(files.subList(from, Math.min(from + FILES_PARSED_AT_ONCE, files.size()))));
        }
        assertThat(lines).hasSizeGreaterThan(5000);
        assertThat(Exceptions.judge(sources, "method-lines", "lines", METHOD_LINES_MAX, lines))
                .as("cut methods by what they do")
                .isEmpty();
    }

    @Test
    void methodsAreMeasuredFromTheirFirstLineToTheirLast() throws IOException {
        String text = """
                class A {
                    /** Not counted. */
                    void one() {}

                    void two() {
                        Object o = new Object() {
                            public String toString() {
                                return "";
                            }
                        };
                    }

                    void two(int i) {
                    }
                }
                """;

        assertThat(methods(List.of(new TextFile("A.java", text))))
                .containsExactlyInAnyOrderEntriesOf(Map.of("A.java#one", 1L, "A.java#two", 7L, "A.java#toString", 3L));
    }

    @Test
    void aWideLineIsCounted() {
        assertThat(wide(List.of("a".repeat(COLUMNS_MAX), "a".repeat(COLUMNS_MAX + 1))))
                .isEqualTo(1);
    }

    private static long wide(List<String> lines) {
        return lines.stream().filter(line -> line.length() > COLUMNS_MAX).count();
    }

    /** How many lines each method of some files has; of several with one name in a file, the longest. */
    private static Map<String, Long> methods(List<TextFile> files) throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a JDK runs the tests");
        JavacTask task = (JavacTask) compiler.getTask(null, null, _ -> {}, List.of("-proc:none"), null, files);
        SourcePositions positions = Trees.instance(task).getSourcePositions();
        Map<String, Long> lines = new TreeMap<>();
        for (CompilationUnitTree unit : task.parse()) {
            LineMap map = unit.getLineMap();
            String name = unit.getSourceFile().getName().substring(1);
            new TreeScanner<@Nullable Void, @Nullable Void>() {
                @Override
                public @Nullable Void visitMethod(MethodTree method, @Nullable Void nothing) {
                    long from = positions.getStartPosition(unit, method);
                    long to = positions.getEndPosition(unit, method);
                    if (from >= 0 && to >= 0) {
                        long count = map.getLineNumber(to) - map.getLineNumber(from) + 1;
                        lines.merge(name + "#" + method.getName(), count, Math::max);
                    }
                    return super.visitMethod(method, null);
                }
            }.scan(unit, null);
        }
        return lines;
    }

    /** A file that the compiler reads from memory. */
    private static final class TextFile extends SimpleJavaFileObject {

        private final String text;

        private TextFile(String name, String text) {
            super(URI.create("string:///" + name), JavaFileObject.Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }
}
