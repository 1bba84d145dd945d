package io.shardeddb.architecture.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The repository's own text files, as they stand in the working copy. */
public final class Sources {

    private static final Set<String> NOT_OURS = Set.of("target", ".git", ".sdb", ".idea", ".vscode", "node_modules");

    private static final Pattern MODULE = Pattern.compile("\\s*<module>(.*)</module>\\s*");

    private final Path root;
    private final List<Path> files;

    private Sources(Path root, List<Path> files) {
        this.root = root;
        this.files = files;
    }

    /**
     * Finds the repository upwards from the working directory: the folder that holds {@code sdb} and {@code pom.xml}.
     */
    public static Sources ofThisRepository() {
        Path folder = Path.of("").toAbsolutePath();
        while (folder != null
                && !(Files.isRegularFile(folder.resolve("sdb")) && Files.exists(folder.resolve("crds")))) {
            folder = folder.getParent();
        }
        if (folder == null) {
            throw new IllegalStateException(
                    "not inside the repository: " + Path.of("").toAbsolutePath());
        }
        List<Path> files = new ArrayList<>();
        try {
            Files.walkFileTree(folder, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                    Path name = directory.getFileName();
                    return name != null && NOT_OURS.contains(name.toString())
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        files.sort(null);
        return new Sources(folder, List.copyOf(files));
    }

    public Path root() {
        return root;
    }

    /** Every file whose name ends in one of the endings. */
    public List<Path> endingIn(String... endings) {
        return files.stream()
                .filter(file -> {
                    for (String ending : endings) {
                        if (file.toString().endsWith(ending)) {
                            return true;
                        }
                    }
                    return false;
                })
                .toList();
    }

    /** The folders of the modules that the build names. */
    public List<Path> modules() {
        return lines(root.resolve("pom.xml")).stream()
                .map(MODULE::matcher)
                .filter(Matcher::matches)
                .map(module -> root.resolve(module.group(1)))
                .toList();
    }

    /** The Java files that are not tests. */
    public List<Path> mainCode() {
        return endingIn(".java").stream()
                .filter(file -> name(file).contains("src/main/java/"))
                .toList();
    }

    public List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file.toString(), e);
        }
    }

    /** The path as a reader of the repository writes it. */
    public String name(Path file) {
        return root.relativize(file).toString();
    }
}
