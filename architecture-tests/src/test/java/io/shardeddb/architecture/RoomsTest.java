package io.shardeddb.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import io.shardeddb.architecture.source.Sources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The packages of the shard server are rooms: so small that one finds one's way in them, and each using only rooms that
 * do not use it. What is in a room, and what it costs, stands in its {@code package-info.java}.
 */
@AnalyzeClasses(packages = "io.shardeddb.server", importOptions = OurMainClasses.class)
final class RoomsTest {

    /** So many types a room may have. */
    private static final int MOST_TYPES = 12;

    /**
     * Rooms that have more, each with its number of types. The list may only shrink: a room that has fewer types than
     * stands here fails too, until the number is lowered or the line is gone. The reason stands in the room's
     * {@code package-info.java}.
     */
    private static final Map<String, Integer> LARGER = Map.of();

    private static final String SERVER = "shard-server/src/main/java/io/shardeddb/";

    @ArchTest
    static final ArchRule roomsUseOneAnotherInOneDirection = SlicesRuleDefinition.slices()
            .assignedFrom(new RoomOfAClass())
            .should()
            .beFreeOfCycles()
            .because("a room that uses another one, which uses it, is one room with two names");

    @ArchTest
    static void roomsAreSmall(@SuppressWarnings("unused") JavaClasses classes) {
        List<String> faults = faults(typesOfRooms(), LARGER);
        assertThat(faults)
                .as("rooms of the shard server and their types, at most %s", MOST_TYPES)
                .isEmpty();
    }

    @ArchTest
    static void whatIsTooLargeOrListedTooLongIsFound(@SuppressWarnings("unused") JavaClasses classes) {
        assertThat(faults(Map.of("small", 12, "large", 13, "listed", 20), Map.of("listed", 20)))
                .singleElement()
                .asString()
                .contains("large: 13 types");
        assertThat(faults(Map.of("grown", 21, "shrunk", 19), Map.of("grown", 20, "shrunk", 20, "gone", 15)))
                .hasSize(3);
    }

    private static List<String> faults(Map<String, Integer> rooms, Map<String, Integer> larger) {
        List<String> faults = new ArrayList<>();
        rooms.forEach((room, types) -> {
            int allowed = larger.getOrDefault(room, MOST_TYPES);
            if (types > allowed) {
                faults.add(room + ": " + types + " types, allowed are " + allowed);
            }
        });
        larger.forEach((room, listed) -> {
            int types = rooms.getOrDefault(room, 0);
            if (types < listed) {
                faults.add(room + ": " + types + " types, the list still allows " + listed);
            }
        });
        return faults;
    }

    private static Map<String, Integer> typesOfRooms() {
        Sources sources = Sources.ofThisRepository();
        Map<String, Integer> types = new TreeMap<>();
        for (Path file : sources.endingIn(".java")) {
            String name = sources.name(file);
            if (name.startsWith(SERVER) && !name.endsWith("package-info.java")) {
                String room =
                        name.substring(SERVER.length(), name.lastIndexOf('/')).replace('/', '.');
                types.merge(room, 1, Integer::sum);
            }
        }
        assertThat(types).isNotEmpty();
        return types;
    }

    private static final class RoomOfAClass implements SliceAssignment {

        @Override
        public SliceIdentifier getIdentifierOf(JavaClass type) {
            return type.getPackageName().startsWith("io.shardeddb.server")
                    ? SliceIdentifier.of(type.getPackageName())
                    : SliceIdentifier.ignore();
        }

        @Override
        public String getDescription() {
            return "rooms of the shard server";
        }
    }
}
