package io.shardeddb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Packages do not depend on each other in a circle: each can be read, tested and moved with what stands below it alone.
 */
final class PackageCyclesTest {

    /**
     * Packages that are still in a circle, by module. The table may only shrink: a module that needs fewer must say so
     * here.
     */
    private static final Map<String, Set<String>> STILL_IN_A_CIRCLE = Map.of(
            "router",
            Set.of(
                    "io.shardeddb.router.config",
                    "io.shardeddb.router.http",
                    "io.shardeddb.router.http.rows",
                    "io.shardeddb.router.topology"));

    /** Modules whose packages are held apart. */
    private static final List<String> MODULES = List.of(
            "crds", "consensus", "protocol", "server", "router", "operator", "local", "simulator", "cli", "bench");

    private static JavaClasses ours;

    @BeforeAll
    static void readClasses() {
        ours = new ClassFileImporter().withImportOption(new OurMainClasses()).importPackages("io.shardeddb");
    }

    @Test
    void packagesAreInNoCircle() {
        Map<String, Set<String>> found = new TreeMap<>();
        for (String module : MODULES) {
            Set<String> circle = inACircle(uses("io.shardeddb." + module));
            if (!circle.isEmpty()) {
                found.put(module, circle);
            }
        }
        assertThat(found)
                .as("packages that use each other in a circle; move what both need to a package below them")
                .isEqualTo(STILL_IN_A_CIRCLE);
    }

    @Test
    void circleIsFound() {
        Map<String, Set<String>> uses =
                Map.of("a", Set.of("b"), "b", Set.of("c"), "c", Set.of("b", "d"), "d", Set.of(), "e", Set.of("a"));

        assertThat(inACircle(uses)).containsExactly("b", "c");
    }

    @Test
    void everyModuleHasPackages() {
        for (String module : MODULES) {
            assertThat(uses("io.shardeddb." + module)).as(module).isNotEmpty();
        }
    }

    /** The packages below a root, each with the others of them that it uses. */
    private static Map<String, Set<String>> uses(String root) {
        Map<String, Set<String>> uses = new HashMap<>();
        for (JavaClass type : ours) {
            if (!isBelow(type, root)) {
                continue;
            }
            Set<String> used = uses.computeIfAbsent(type.getPackageName(), _ -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                JavaClass target = dependency.getTargetClass().getBaseComponentType();
                if (isBelow(target, root) && !target.getPackageName().equals(type.getPackageName())) {
                    used.add(target.getPackageName());
                }
            }
        }
        return uses;
    }

    private static boolean isBelow(JavaClass type, String root) {
        return type.getPackageName().equals(root) || type.getPackageName().startsWith(root + ".");
    }

    /** The nodes from which a path leads back to themselves. */
    private static Set<String> inACircle(Map<String, Set<String>> uses) {
        Set<String> circle = new TreeSet<>();
        for (String node : uses.keySet()) {
            Set<String> reached = new TreeSet<>();
            reach(node, uses, reached);
            if (reached.contains(node)) {
                circle.add(node);
            }
        }
        return circle;
    }

    private static void reach(String from, Map<String, Set<String>> uses, Set<String> reached) {
        for (String next : uses.getOrDefault(from, Set.of())) {
            if (reached.add(next)) {
                reach(next, uses, reached);
            }
        }
    }
}
