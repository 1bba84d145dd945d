package io.shardeddb.operator.plan;

import io.shardeddb.operator.plan.LeaderBalance.Led;
import io.shardeddb.protocol.leader.LeaderScore;
import io.shardeddb.protocol.wire.MemberProgress;
import io.shardeddb.protocol.wire.ReplicaState;
import io.shardeddb.protocol.wire.ReplicaStatus;
import io.shardeddb.protocol.wire.Uid;
import io.shardeddb.testdata.Command;
import io.shardeddb.testdata.Script;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** {@code leaders.txt} and {@code balance.txt}: when a leadership moves, for speed and for balance. */
class LeaderScriptTest {
    private final Map<String, LeaderChoice.Term> terms = new TreeMap<>();
    private LeaderMemory memory = LeaderMemory.NONE;
    private Instant now = Instant.ofEpochSecond(1_000);

    @Test
    void movesLeadershipsForSpeedAsTheScriptSays() {
        Script.run("leaders.txt", this::carryOut);
    }

    @Test
    void spreadsLeadershipsAsTheScriptSays() {
        Script.run("balance.txt", this::carryOut);
    }

    private String carryOut(Command command) {
        return switch (command.verb()) {
            case "forget" -> forget();
            case "shard" -> shard(command);
            case "seen" -> seen(command);
            case "score" -> score(command);
            case "look" -> look(command);
            case "slow" -> names(LeaderChoice.slow(memory.model(), servers(command), List.copyOf(terms.values()), now));
            case "busy" -> names(LeaderChoice.busy(List.copyOf(terms.values())));
            case "ranks" ->
                new TreeMap<>(LeaderChoice.ranks(memory.model(), List.copyOf(terms.values()), now)
                                .getOrDefault(command.text("of"), Map.of()))
                        .toString();
            case "next" -> told(LeaderBalance.next(led(), servers(command)));
            case "away" -> told(LeaderBalance.away(led(), command.text("from")));
            case "in-step" -> inStep(command);
            default -> throw new IllegalArgumentException("no such command");
        };
    }

    private String forget() {
        terms.clear();
        memory = LeaderMemory.NONE;
        now = now.plus(Duration.ofDays(1));
        return "nothing is known";
    }

    private static List<String> list(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(",", -1));
    }

    private static List<String> servers(Command command) {
        return list(command.text("servers", ""));
    }

    private static String names(Collection<String> names) {
        return names.isEmpty() ? "nobody" : String.join(", ", new TreeSet<>(names));
    }

    private static double millis(Command command, String name) {
        return command.nanos(name, 0) / 1e6;
    }

    /** A shard's leader as it is now; what was seen of servers before stays. */
    private String shard(Command command) {
        String name = command.text("name");
        Map<String, Uid> members = new HashMap<>();
        list(command.text("followers", ""))
                .forEach(follower -> members.put(
                        follower, Uid.newBuilder().setLow(follower.hashCode()).build()));
        Led led = new Led(name, command.text("leader"), members, command.has("fixed"));
        LeaderChoice.Term before = terms.get(name);
        terms.put(
                name,
                new LeaderChoice.Term(
                        led,
                        millis(command, "takes"),
                        !command.has("guessed"),
                        before == null ? Map.of() : before.candidates(),
                        before == null ? Map.of() : before.features(),
                        Duration.ofNanos(command.nanos("led-for", 0))));
        return "ok";
    }

    private String seen(Command command) {
        DelayModel.Features features = new DelayModel.Features(
                command.decimal("cpu", 0.1),
                millis(command, "force"),
                millis(command, "round-trip"),
                millis(command, "late"));
        String server = command.text("server");
        terms.replaceAll((name, term) -> {
            Map<String, DelayModel.Features> all = new HashMap<>(term.features());
            all.put(server, features);
            return new LeaderChoice.Term(
                    term.led(), term.delayMillis(), term.measured(), term.candidates(), all, term.ledFor());
        });
        return "ok";
    }

    private String score(Command command) {
        LeaderScore.Candidate candidate = new LeaderScore.Candidate(
                millis(command, "latency"),
                command.number("uptime", 500),
                command.number("crashes", 0),
                command.number("lag", 0),
                !command.has("unhealthy"));
        String server = command.text("server");
        terms.replaceAll((name, term) -> {
            Map<String, LeaderScore.Candidate> all = new HashMap<>(term.candidates());
            all.put(server, candidate);
            return new LeaderChoice.Term(
                    term.led(), term.delayMillis(), term.measured(), all, term.features(), term.ledFor());
        });
        return String.format(java.util.Locale.ROOT, "%.2f", LeaderScore.of(candidate));
    }

    /** Looks once a second until something moves. */
    private String look(Command command) {
        long seconds = command.nanos("for", 0) / 1_000_000_000;
        List<String> mayLead = servers(command);
        for (int i = 1; i <= seconds; i++) {
            now = now.plusSeconds(1);
            List<LeaderChoice.Term> seen = new ArrayList<>(terms.values());
            LeaderMoves.Decision decision = LeaderMoves.decide(memory, seen, mayLead, now);
            memory = decision.memory();
            LeaderMoves.Move move = decision.move();
            if (move != null) {
                return "after " + i + " s: " + told(Optional.of(move.transfer())) + "\n" + move.reason();
            }
        }
        return "nothing moves";
    }

    private List<Led> led() {
        return terms.values().stream().map(LeaderChoice.Term::led).toList();
    }

    private static String told(Optional<LeaderBalance.Transfer> transfer) {
        return transfer.map(it -> it.shard() + " from " + it.from() + " to " + it.to())
                .orElse("nothing moves");
    }

    private static String inStep(Command command) {
        Uid member = Uid.newBuilder().setLow(1).build();
        ReplicaStatus.Builder leader = ReplicaStatus.newBuilder().setCommitIndex(command.number("committed", 1_000));
        if (!command.has("unknown-to-leader")) {
            leader.addProgress(MemberProgress.newBuilder()
                    .setMember(member)
                    .setMatchIndex(command.number("match", 1_000))
                    .setLagEntries(command.number("lag", 0))
                    .setSilentMillis(command.nanos("silent", 0) / 1_000_000)
                    .setNeedsCopy(command.has("needs-copy"))
                    .setQuarantined(command.has("quarantined")));
        }
        ReplicaStatus follower = ReplicaStatus.newBuilder()
                .setState(command.constant("state", ReplicaState.HEALTHY))
                .setAppliedIndex(command.number("applied", 1_000))
                .build();
        return LeaderBalance.isInStep(leader.build(), member, follower) ? "in step" : "not in step";
    }
}
