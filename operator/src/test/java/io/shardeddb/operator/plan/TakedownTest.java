package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.crds.Disruption;
import io.shardeddb.crds.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class TakedownTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Refusal NO = new Refusal("server b", Reason.WouldLoseQuorum, "no");
    private static final Takedown.Server FINE =
            new Takedown.Server(true, "pod", false, true, false, false, false, 1, null, NO);

    private final Map<String, Takedown.Server> servers =
            new TreeMap<>(Map.of("a", server("a"), "b", server("b"), "c", server("c")));
    private List<String> roster = List.of("a", "b", "c");
    private Set<String> staying = Set.of();
    private boolean shardsReady = true;

    private static Takedown.Server server(String name) {
        return new Takedown.Server(true, name + "-pod", false, true, false, false, false, 1, null, NO);
    }

    private static Takedown.Server outdated(String name, int leads, @Nullable Refusal mayStop) {
        return new Takedown.Server(true, name + "-pod", false, true, false, true, false, leads, mayStop, NO);
    }

    private static Takedown.Server stalled(String name, @Nullable Refusal mayStop) {
        return new Takedown.Server(true, name + "-pod", false, true, false, true, true, 3, mayStop, NO);
    }

    private static Takedown.Server broken(String name) {
        return new Takedown.Server(true, name + "-pod", false, false, true, true, false, 0, NO, NO);
    }

    private static Disruption token(String server, @Nullable String pod) {
        return new Disruption(server, pod, "its template changed", NOW.toString());
    }

    private Takedown decide(@Nullable Disruption held) {
        return Takedown.decide(new Takedown.World(roster, staying, servers, shardsReady), held, NOW);
    }

    @Test
    void isIdleAndCalmWhenNothingIsToDo() {
        assertThat(decide(null)).isEqualTo(new Takedown.Idle(true, List.of()));
        servers.put("a", new Takedown.Server(true, "a-pod", false, false, false, false, false, 0, null, NO));
        assertThat(decide(null)).isEqualTo(new Takedown.Idle(false, List.of()));
        assertThat(FINE.ready()).isTrue();
    }

    @Test
    void takesTheOutdatedServerThatLeadsLeast() {
        servers.put("a", outdated("a", 3, null));
        servers.put("b", outdated("b", 1, null));
        servers.put("c", outdated("c", 2, null));
        assertThat(decide(null)).isEqualTo(new Takedown.Take("b", "b-pod", "its template changed", List.of()));
    }

    @Test
    void startsNothingWhileAShardMissesACopyOrAServerIsNotReady() {
        servers.put("a", outdated("a", 1, null));
        shardsReady = false;
        assertThat(decide(null)).isInstanceOf(Takedown.Idle.class);
        shardsReady = true;
        servers.put("c", new Takedown.Server(true, "c-pod", false, false, false, false, false, 0, null, NO));
        assertThat(decide(null)).isInstanceOf(Takedown.Idle.class);
    }

    @Test
    void refusesToStopWhatAQuorumNeeds() {
        servers.put("b", outdated("b", 1, NO));
        assertThat(decide(null)).isEqualTo(new Takedown.Idle(false, List.of(NO)));
        assertThat(decide(token("b", "b-pod"))).isEqualTo(new Takedown.Hold(List.of(NO)));
    }

    @Test
    void replacesAPodThatCannotRunEvenWhenNothingIsWell() {
        servers.put("b", broken("b"));
        servers.put("c", broken("c"));
        shardsReady = false;
        assertThat(decide(null))
                .isInstanceOfSatisfying(
                        Takedown.Take.class, take -> assertThat(take.server()).isEqualTo("b"));
        assertThat(decide(token("b", "b-pod"))).isEqualTo(new Takedown.DeletePod("b", List.of()));
    }

    @Test
    void deletesOnlyThePodOfTheTokenAndTakesAnotherTokenForAnotherPod() {
        servers.put("b", outdated("b", 1, null));
        assertThat(decide(token("b", "b-pod"))).isEqualTo(new Takedown.DeletePod("b", List.of()));
        assertThat(decide(token("b", "an older pod")))
                .isEqualTo(new Takedown.Take("b", "b-pod", "its template changed", List.of()));
    }

    @Test
    void holdsTheTokenUntilTheServerAndEveryShardAreWell() {
        assertThat(decide(token("b", "an older pod"))).isInstanceOf(Takedown.Release.class);
        shardsReady = false;
        assertThat(decide(token("b", "an older pod"))).isInstanceOf(Takedown.Hold.class);
        shardsReady = true;
        servers.put("b", new Takedown.Server(true, null, false, false, false, false, false, 0, null, NO));
        assertThat(decide(token("b", "an older pod"))).isInstanceOf(Takedown.Hold.class);
    }

    @Test
    void saysWhenHealthDoesNotReturn() {
        servers.put("b", new Takedown.Server(true, "new", false, false, false, false, false, 0, null, NO));
        Takedown late = Takedown.decide(
                new Takedown.World(roster, staying, servers, shardsReady),
                token("b", "b-pod"),
                NOW.plus(Takedown.PATIENCE));
        assertThat(late.refusals()).singleElement().extracting(Refusal::reason).isEqualTo(Reason.RollingPaused);
    }

    @Test
    void removesAnEmptiedServerThatIsNotWanted() {
        roster = List.of("a", "b");
        assertThat(decide(null)).as("it still holds something").isEqualTo(new Takedown.Idle(false, List.of()));
        servers.put("c", new Takedown.Server(true, "c-pod", false, true, false, false, false, 0, null, null));
        assertThat(decide(null)).isInstanceOfSatisfying(Takedown.Take.class, take -> {
            assertThat(take.server()).isEqualTo("c");
            assertThat(take.pod()).isNull();
        });
        assertThat(decide(token("c", null))).isEqualTo(new Takedown.RemoveServer("c", List.of()));
        staying = Set.of("c");
        assertThat(decide(null)).isEqualTo(new Takedown.Idle(true, List.of()));
    }

    @Test
    void givesTheTokenBackWhenTheServerIsWantedAgainOrIsNeededOrIsGone() {
        assertThat(decide(token("c", null))).isInstanceOf(Takedown.Release.class);
        roster = List.of("a", "b");
        assertThat(decide(token("c", null))).isEqualTo(new Takedown.Release(List.of(NO)));
        servers.remove("c");
        assertThat(decide(token("c", null))).isInstanceOf(Takedown.Release.class);
    }

    @Test
    void rollsOneWhileAnUnwantedServerMustStay() {
        roster = List.of("a", "b");
        staying = Set.of("c");
        servers.put("a", outdated("a", 1, null));
        assertThat(decide(null)).isInstanceOf(Takedown.Take.class);
    }

    /**
     * A copy that waits for a newer version would else wait for ever, with all others: not every shard has all its
     * copies.
     */
    @Test
    void restartsAnOutdatedServerWithAStalledCopyFirst() {
        shardsReady = false;
        servers.put("a", outdated("a", 0, null));
        servers.put("b", stalled("b", null));
        servers.put("c", stalled("c", null));
        assertThat(decide(null))
                .isInstanceOfSatisfying(
                        Takedown.Take.class, take -> assertThat(take.server()).isEqualTo("b"));
        assertThat(decide(token("b", "b-pod"))).isEqualTo(new Takedown.DeletePod("b", List.of()));
        servers.put("b", server("b"));
        assertThat(decide(token("b", "b-pod"))).as("the other one comes next").isInstanceOf(Takedown.Release.class);
        servers.put("c", stalled("c", NO));
        assertThat(decide(null)).isInstanceOf(Takedown.Idle.class);
        assertThat(decide(token("b", "b-pod"))).isInstanceOf(Takedown.Hold.class);
    }
}
