package io.shardeddb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.architecture.source.Markdown;
import io.shardeddb.architecture.source.Sources;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Properties of the text itself: honest ends, explained modules, documents whose links lead somewhere. */
final class TidyTest {

    private static final Pattern UNFINISHED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|X" + "XX)\\b");
    private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");

    private final Sources sources = Sources.ofThisRepository();

    @Test
    void nothingIsLeftForLater() {
        List<String> marks = new ArrayList<>();
        for (Path file :
                sources.endingIn(".java", ".proto", ".md", ".yaml", ".yml", ".xml", ".sh", "/sdb", ".ci/run")) {
            List<String> lines = sources.lines(file);
            for (int i = 0; i < lines.size(); i++) {
                if (UNFINISHED.matcher(lines.get(i)).find()) {
                    marks.add(sources.name(file) + ":" + (i + 1) + ": "
                            + lines.get(i).strip());
                }
            }
        }
        assertThat(marks).as("marks of unfinished work").isEmpty();
    }

    @Test
    void everyPackageSaysWhatItIsAndIsNullMarked() {
        List<String> faults = new ArrayList<>();
        List<Path> folders = sources.endingIn(".java").stream()
                .filter(file -> sources.name(file).contains("src/main/java/"))
                .map(Path::getParent)
                .distinct()
                .toList();
        assertThat(folders).isNotEmpty();
        for (Path folder : folders) {
            Path info = folder.resolve("package-info.java");
            if (!Files.isRegularFile(info)) {
                faults.add(sources.name(folder) + ": no package-info.java");
                continue;
            }
            String text = String.join("\n", sources.lines(info));
            if (!text.contains("@NullMarked")) {
                faults.add(sources.name(info) + ": not @NullMarked");
            }
            if (!text.contains("/**")) {
                faults.add(sources.name(info) + ": no sentence on what the package is");
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void documentsHaveOneTitle() {
        List<String> faults = new ArrayList<>();
        for (Path file : sources.endingIn(".md")) {
            long titles = Markdown.withoutCode(sources.lines(file)).stream()
                    .filter(line -> line.startsWith("# "))
                    .count();
            if (titles != 1) {
                faults.add(sources.name(file) + ": " + titles + " titles");
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void linksInDocumentsLeadSomewhere() {
        List<String> broken = new ArrayList<>();
        for (Path file : sources.endingIn(".md")) {
            for (String line : Markdown.withoutCode(sources.lines(file))) {
                Matcher link = LINK.matcher(line);
                while (link.find()) {
                    String target = link.group(1);
                    if (!leadsSomewhere(file, target)) {
                        broken.add(sources.name(file) + ": " + target);
                    }
                }
            }
        }
        assertThat(broken).isEmpty();
    }

    @Test
    void everyModuleExplainsItsDesign() {
        List<String> faults = new ArrayList<>();
        for (Path module : sources.modules()) {
            Path design = module.resolve("DESIGN.md");
            if (!Files.isRegularFile(design)) {
                faults.add(sources.name(module) + ": no DESIGN.md");
            } else if (sources.lines(design).size() > 200) {
                faults.add(sources.name(design) + ": longer than 200 lines");
            }
        }
        assertThat(faults).isEmpty();
    }

    @Test
    void noFolderHoldsNothingButItsDescription() {
        List<String> faults = sources.endingIn("/package-info.java").stream()
                .map(Path::getParent)
                .filter(folder -> sources.endingIn(".java").stream()
                                .filter(file -> folder.equals(file.getParent()))
                                .count()
                        == 1)
                .map(sources::name)
                .toList();
        assertThat(faults).as("folders with a package-info.java and no type").isEmpty();
    }

    @Test
    void everyTypeOfSettingsHasATest() {
        List<Path> settings = sources.mainCode().stream()
                .filter(file -> file.toString().endsWith("Settings.java"))
                .toList();
        assertThat(settings).hasSizeGreaterThanOrEqualTo(6);
        List<String> faults = settings.stream()
                .map(sources::name)
                .map(name -> name.replace("/src/main/", "/src/test/").replace("Settings.java", "SettingsTest.java"))
                .filter(test -> !Files.isRegularFile(sources.root().resolve(test)))
                .toList();
        assertThat(faults).as("tests of settings that are missing").isEmpty();
    }

    private boolean leadsSomewhere(Path file, String target) {
        if (target.startsWith("http://") || target.startsWith("https://") || target.startsWith("mailto:")) {
            return true;
        }
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path folder = file.toAbsolutePath().getParent();
        Path linked =
                path.isEmpty() || folder == null ? file : folder.resolve(path).normalize();
        if (!Files.exists(linked)) {
            return false;
        }
        return hash < 0
                || !linked.toString().endsWith(".md")
                || Markdown.anchors(sources.lines(linked)).contains(target.substring(hash + 1));
    }
}
