package io.shardeddb.operator.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.shardeddb.operator.plan.ShardStep.Await;
import io.shardeddb.operator.plan.ShardStep.Withhold;
import io.shardeddb.operator.plan.ShardWorld.Health;
import io.shardeddb.operator.plan.ShardWorld.Server;
import io.shardeddb.operator.plan.ShardWorld.Up;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Every state that a shard on three of four servers can come to by the plan's own steps, whichever of them are done,
 * refused, or done without an answer, and by so many misfortunes in between. In none of them does the plan go round in
 * circles, or repeat a step in silence; and from each of them it brings the shard to where it shall be, unless the
 * copies that are left are too few.
 */
final class ShardPlanWalkTest {

    private static final int SERVERS = 4;
    private static final int COPIES = 3;
    private static final int MISFORTUNES = 2;
    /** No way to a settled state is longer. */
    private static final int LONGEST_WAY = 60;

    private static final Map<ShardStep, ShardView.FailedStep> NOTHING_FAILED = Map.of();

    private record State(ShardWorld world, int misfortunes) {}

    private final Map<ShardWorld, List<ShardStep>> plans = new HashMap<>();

    private List<ShardStep> plan(ShardWorld world) {
        return plans.computeIfAbsent(world, one -> ShardPlan.next(one.view(NOTHING_FAILED)));
    }

    /** All states, each with the one that it was reached from. */
    private Map<ShardWorld, ShardWorld> reachable() {
        Map<ShardWorld, ShardWorld> from = new LinkedHashMap<>();
        Map<ShardWorld, Integer> least = new HashMap<>();
        Deque<State> open = new ArrayDeque<>();
        State first = new State(ShardWorld.empty(SERVERS, COPIES), 0);
        open.add(first);
        least.put(first.world, 0);
        from.put(first.world, first.world);
        while (!open.isEmpty()) {
            State state = open.removeFirst();
            if (least.getOrDefault(state.world, 0) < state.misfortunes) {
                continue;
            }
            for (State next : successors(state)) {
                Integer known = least.get(next.world);
                if (known == null || known > next.misfortunes) {
                    least.put(next.world, next.misfortunes);
                    from.putIfAbsent(next.world, state.world);
                    open.add(next);
                }
            }
        }
        return from;
    }

    private Set<State> successors(State state) {
        List<ShardStep> steps = acting(plan(state.world));
        Set<State> next = new HashSet<>();
        next.add(new State(state.world.later(), state.misfortunes));
        next.add(new State(allDone(state.world, steps), state.misfortunes));
        if (state.misfortunes < MISFORTUNES) {
            // One step alone was done, whatever was answered; all others were refused.
            steps.forEach(step -> next.add(new State(allDone(state.world, List.of(step)), state.misfortunes + 1)));
            misfortunes(state.world).forEach(world -> next.add(new State(world, state.misfortunes + 1)));
        }
        return next;
    }

    private static List<ShardWorld> misfortunes(ShardWorld world) {
        List<ShardWorld> worlds = new ArrayList<>();
        for (int place = 0; place < SERVERS; place++) {
            Server server = world.servers().get(place);
            boolean concerned = world.wanted().contains(place) || server.replica() != 0;
            if (!concerned) {
                continue;
            }
            worlds.add(world.with(place, server.with(server.up() == Up.ANSWERS ? Up.SILENT : Up.ANSWERS)));
            if (server.up() == Up.ANSWERS) {
                worlds.add(world.with(place, server.with(Up.GONE)));
            }
            if (world.voters().contains(server.replica())) {
                worlds.add(world.with(place, server.handingOver(true)));
            }
            if (server.replica() != 0) {
                worlds.add(world.with(place, server.holding(0, false)));
                worlds.add(world.with(place, server.with(Health.STALLED)));
            }
            if (server.copy()) {
                worlds.add(world.with(place, server.with(Health.DAMAGED)));
                if (server.replica() != world.leader()) {
                    worlds.add(world.with(place, server.with(Health.DOUBTED)));
                }
            }
        }
        worlds.add(world.wanting(new TreeSet<>(Set.of(1, 2, 3))));
        worlds.add(world.wanting(new TreeSet<>(Set.of(0, 1))));
        worlds.add(world.preferring(1));
        return worlds;
    }

    private static List<ShardStep> acting(List<ShardStep> steps) {
        return steps.stream()
                .filter(step -> !(step instanceof Await || step instanceof Withhold))
                .toList();
    }

    private static ShardWorld allDone(ShardWorld world, List<ShardStep> steps) {
        ShardWorld now = world;
        for (ShardStep step : steps) {
            ShardWorld done = now.after(step);
            now = done == null ? now : done;
        }
        return now;
    }

    /**
     * A few looks of an operator whose steps are all refused: what it tells in the end, and whether it has become
     * quiet.
     */
    private List<ShardStep> whenAllIsRefused(ShardWorld world) {
        Map<ShardStep, ShardView.FailedStep> failed = new HashMap<>();
        List<ShardStep> steps = plan(world);
        for (int look = 0; look < LONGEST_WAY && !acting(steps).isEmpty(); look++) {
            acting(steps).forEach(step -> failed.put(step, new ShardView.FailedStep("no", true, false)));
            steps = ShardPlan.next(world.view(failed));
        }
        return steps;
    }

    /**
     * What a look and some time make of a world; misfortunes stay as they are. A step that is refused is not repeated
     * in this way.
     */
    private ShardWorld look(ShardWorld world) {
        ShardWorld now = world.later();
        Map<ShardStep, ShardView.FailedStep> failed = new HashMap<>();
        for (int tries = 0; tries < LONGEST_WAY; tries++) {
            List<ShardStep> steps = acting(failed.isEmpty() ? plan(now) : ShardPlan.next(now.view(failed)));
            ShardWorld next = allDone(now, steps);
            if (steps.isEmpty() || !next.equals(now)) {
                return next;
            }
            steps.forEach(step -> failed.put(step, new ShardView.FailedStep("no", true, false)));
        }
        throw new AssertionError("there is always another step to try: " + now);
    }

    /** Servers come back, databases and disks get well, and servers that went for good are not asked for any more. */
    private static ShardWorld mended(ShardWorld world) {
        ShardWorld now = world;
        Set<Integer> wanted = new TreeSet<>();
        for (int place = 0; place < SERVERS; place++) {
            Server server = now.servers().get(place);
            if (server.up() == Up.SILENT) {
                server = server.with(Up.ANSWERS);
            }
            if (server.health() == Health.STALLED) {
                server = server.with(Health.FINE);
            }
            now = now.with(place, server.handingOver(false));
            if (server.up() == Up.ANSWERS && world.wanted().contains(place)) {
                wanted.add(place);
            }
        }
        for (int place = 0; place < SERVERS && wanted.size() < world.wanted().size(); place++) {
            if (now.servers().get(place).up() == Up.ANSWERS) {
                wanted.add(place);
            }
        }
        return now.wanting(wanted);
    }

    /** The world that repeats itself in the end; it fails where a circle is longer than one world. */
    private ShardWorld end(ShardWorld world, Map<ShardWorld, ShardWorld> ends) {
        Set<ShardWorld> way = new HashSet<>();
        ShardWorld now = world;
        while (true) {
            ShardWorld known = ends.get(now);
            if (known != null) {
                break;
            }
            assertThat(way.add(now))
                    .as("the plan goes round in circles through %s", now)
                    .isTrue();
            ShardWorld next = look(now);
            if (next.equals(now)) {
                ends.put(now, now);
                break;
            }
            now = next;
        }
        ShardWorld end = Objects.requireNonNull(ends.get(now));
        way.forEach(one -> ends.put(one, end));
        return end;
    }

    private static boolean tells(List<ShardStep> steps) {
        return steps.stream().anyMatch(step -> step instanceof Await || step instanceof Withhold);
    }

    /** A copy that is not in step shows in the status without the plan's doing. */
    private static boolean showsItself(ShardWorld world) {
        return world.voters().stream()
                .anyMatch(member -> !world.counted(member) || world.at(member).health() != Health.FINE);
    }

    private String story(ShardWorld world, Map<ShardWorld, ShardWorld> from) {
        StringBuilder story = new StringBuilder();
        @Nullable ShardWorld now = world;
        while (now != null) {
            story.insert(0, "\n  " + now + "\n    " + plan(now));
            ShardWorld before = from.get(now);
            now = now.equals(before) ? null : before;
        }
        return story.toString();
    }

    @Test
    void neverRepeatsAStepInSilenceAndAlwaysFindsAWay() {
        Map<ShardWorld, ShardWorld> from = reachable();
        Map<ShardWorld, ShardWorld> ends = new HashMap<>();
        Map<ShardWorld, ShardWorld> mendedEnds = new HashMap<>();
        for (ShardWorld world : from.keySet()) {
            List<ShardStep> steps = plan(world);
            if (steps.isEmpty()) {
                assertThat(world.settled() || showsItself(world))
                        .as(() -> "nothing is done and nothing is said in" + story(world, from))
                        .isTrue();
            } else {
                List<ShardStep> last = whenAllIsRefused(world);
                assertThat(acting(last))
                        .as(() -> "steps in" + story(world, from))
                        .isEmpty();
                assertThat(tells(last))
                        .as(() -> "what is refused is told in" + story(world, from))
                        .isTrue();
            }
            end(world, ends);
            ShardWorld end = end(mended(world), mendedEnds);
            boolean hopeless = end.started() ? !end.hasHope() : plan(end).getFirst() instanceof Withhold;
            assertThat(end.settled() || hopeless)
                    .as(() ->
                            "no way to a settled state: " + story(world, from) + "\n ends in " + end + " " + plan(end))
                    .isTrue();
        }
        assertThat(from.size()).as("states").isGreaterThan(5_000);
    }
}
