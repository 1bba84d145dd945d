package io.shardeddb.simulator.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.simulator.Simulator;
import io.shardeddb.simulator.Verdict;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulateCommandTest {

    /** One run of the command. */
    private record Run(int exitCode, String out, String err) {
        static Run of(List<Simulator> simulators, String words) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            ByteArrayOutputStream err = new ByteArrayOutputStream();
            Terminal terminal = new Terminal(
                    new PrintStream(out, false, StandardCharsets.UTF_8),
                    new PrintStream(err, false, StandardCharsets.UTF_8),
                    false,
                    System::nanoTime);
            List<String> arguments = words.isEmpty() ? List.of() : List.of(words.split(" ", -1));
            int exitCode = SimulateCommand.run(simulators, terminal, arguments);
            return new Run(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
        }

        JsonNode json() throws IOException {
            return new ObjectMapper().readTree(out);
        }
    }

    private static List<String> fields(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    @Test
    void saysThatAllIsWell() {
        Run run = Run.of(List.of(ToySimulator.sound()), "--seeds 50");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).contains("first seed: 0");
        assertThat(run.out())
                .contains("Wrong variants: 1, all noticed.")
                .containsPattern("NOTICED {2}7 of 20 seeds")
                .contains("50 seeds")
                .contains("no rule was broken.");
    }

    @Test
    void answersInJson() throws IOException {
        Run run = Run.of(List.of(ToySimulator.sound(), ToySimulator.broken()), "--seeds 20 --output json --threads 3");
        assertThat(run.exitCode()).isEqualTo(1);
        JsonNode json = run.json();
        assertThat(fields(json)).containsExactly("seeds", "violations", "millisPerSeed", "variants");
        assertThat(json.path("seeds").asLong()).isEqualTo(20);
        assertThat(json.path("millisPerSeed").isNumber()).isTrue();
        assertThat(json.path("violations")).hasSize(2);
        JsonNode first = json.path("violations").path(0);
        assertThat(fields(first)).containsExactly("seed", "rule", "replay");
        assertThat(first.path("seed").asLong()).isEqualTo(7);
        assertThat(first.path("rule").asText()).isEqualTo("row N is there");
        assertThat(first.path("replay").asText())
                .isEqualTo("./sdb simulate --simulator broken --seed 7 --faults crash,loss");
        JsonNode variant = json.path("variants").path(0);
        assertThat(fields(variant)).containsExactly("name", "caught", "of");
        assertThat(variant.path("name").asText()).isEqualTo("NOTICED");
        assertThat(variant.path("caught").asLong()).isPositive();
        assertThat(variant.path("of").asLong())
                .isGreaterThanOrEqualTo(variant.path("caught").asLong());
    }

    @Test
    void aViolationIsToldAtOnceAndInTheEnd() {
        Run run = Run.of(List.of(ToySimulator.broken()), "--seeds 10");
        assertThat(run.exitCode()).isEqualTo(1);
        String told = "seed 7 of broken breaks the rule: row N is there";
        assertThat(run.err()).contains(told);
        assertThat(run.out())
                .contains(told)
                .contains("seen: row 4 is there: it was of seed 7")
                .contains("replay: ./sdb simulate --simulator broken --seed 7 --faults crash,loss");
    }

    @Test
    void theReplayShowsTheViolationAgain() {
        List<Simulator> simulators = List.of(ToySimulator.sound(), ToySimulator.broken());
        Run replay = Run.of(simulators, "--simulator broken --seed 7 --faults crash,loss");
        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.out().lines())
                .containsExactly(
                        "broken, seed 7",
                        "0 begins with seed 7",
                        "seed 7 of broken breaks the rule: row N is there",
                        "  seen: row 4 is there: it was of seed 7",
                        "  replay: ./sdb simulate --simulator broken --seed 7 --faults crash,loss");
        assertThat(Run.of(simulators, "--simulator broken --seed 7 --faults crash")
                        .exitCode())
                .isZero();
        assertThat(Run.of(simulators, "--simulator broken --seed 7 --faults none")
                        .exitCode())
                .isZero();
    }

    @Test
    void aReplayInJsonHasNoTrace() throws IOException {
        Run replay = Run.of(List.of(ToySimulator.broken()), "--seed 7 --output json");
        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.json().path("violations").path(0).path("replay").asText())
                .endsWith("--seed 7 --faults crash,loss");
    }

    @Test
    void aWrongVariantThatSurvivesIsAFailure() throws IOException {
        ToySimulator weak = new ToySimulator(
                "weak", List.of(ToySimulator.NOTICED, ToySimulator.SURVIVOR), _ -> new Verdict.Clean());
        Run all = Run.of(List.of(weak), "--seeds 10");
        assertThat(all.exitCode()).isEqualTo(1);
        assertThat(all.out()).contains("of which 1 SURVIVE").contains("SURVIVOR  SURVIVES: 0 of 20 seeds");
        Run one = Run.of(List.of(weak), "--variant SURVIVOR --seeds 30 --output json");
        assertThat(one.exitCode()).isEqualTo(1);
        assertThat(one.json().path("variants").toString())
                .isEqualTo("[{\"name\":\"SURVIVOR\",\"caught\":0,\"of\":30}]");
    }

    @Test
    void countsHowManySeedsNoticeAVariant() throws IOException {
        Run run = Run.of(List.of(ToySimulator.sound()), "--variant NOTICED --first 1 --seeds 30 --output json");
        assertThat(run.exitCode()).isZero();
        assertThat(run.json().path("seeds").asLong()).isEqualTo(30);
        assertThat(run.json().path("variants").toString())
                .isEqualTo("[{\"name\":\"NOTICED\",\"caught\":10,\"of\":30}]");
        assertThat(run.err()).contains("--variant NOTICED --seed 3 --faults none");
        Run pinned = Run.of(List.of(ToySimulator.sound()), "--variant NOTICED --seeds 1 --output json");
        assertThat(pinned.json().path("variants").toString()).contains("\"caught\":1,\"of\":1");
    }

    @Test
    void aReplayOfAVariantSaysWhetherItIsNoticed() {
        assertThat(Run.of(List.of(ToySimulator.sound()), "--variant NOTICED --seed 3")
                        .exitCode())
                .isZero();
        assertThat(Run.of(List.of(ToySimulator.sound()), "--variant NOTICED --seed 4")
                        .exitCode())
                .isEqualTo(1);
    }

    @Test
    void whicheverComesFirstEndsIt() throws IOException {
        Run bySeeds = Run.of(List.of(ToySimulator.sound()), "--seeds 5 --seconds 1000 --output json");
        assertThat(bySeeds.json().path("seeds").asLong()).isEqualTo(5);
        Run byTime = Run.of(List.of(ToySimulator.sound()), "--seeds 4611686018427387903 --seconds 1 --output json");
        assertThat(byTime.exitCode()).isZero();
        assertThat(byTime.json().path("seeds").asLong()).isBetween(1L, 4_000_000_000L);
    }

    @Test
    void whoBreaksRulesAlwaysNeedNotGoOn() throws IOException {
        ToySimulator always = new ToySimulator("always", List.of(), _ -> Verdict.Violation.told("it works"));
        Run run = Run.of(List.of(always), "--seeds 1000000 --threads 1 --output json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.json().path("violations")).hasSize(Campaign.MOST_VIOLATIONS);
        assertThat(run.json().path("seeds").asLong()).isEqualTo(Campaign.MOST_VIOLATIONS);
    }

    @Test
    void whatASimulatorThrowsIsAViolation() {
        ToySimulator throwing = new ToySimulator("throwing", List.of(), setup -> {
            throw new IllegalStateException("seed " + setup.seed());
        });
        Run run = Run.of(List.of(throwing), "--seeds 1");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.out()).contains("nothing throws IllegalStateException").contains("seed 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--seeds 0",
                "--seeds -1",
                "--seeds many",
                "--seeds 4611686018427387904",
                "--seconds 0",
                "--seconds -3",
                "--first -1",
                "--seed -1",
                "--threads 0",
                "--threads 257",
                "--seed 1 --seeds 3",
                "--seed 1 --first 3",
                "--seed 1 --seconds 3",
                "--output xml",
                "--simulator none-such",
                "--variant NONE_SUCH",
                "--simulator broken --variant NOTICED",
                "--faults flood",
                "--faults cut,,crash",
                "--bogus",
                "word"
            })
    void refusesWhatIsNotAllowed(String words) {
        Run run = Run.of(List.of(ToySimulator.sound(), ToySimulator.broken()), words);
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("sdb simulate: ").contains("--help");
    }

    @Test
    void namesWhatIsAllowed() {
        List<Simulator> simulators = List.of(ToySimulator.sound(), ToySimulator.broken());
        assertThat(Run.of(simulators, "--simulator x").err()).contains("allowed are sound, broken");
        assertThat(Run.of(simulators, "--variant x").err()).contains("allowed are NOTICED");
        assertThat(Run.of(simulators, "--faults x").err()).contains("allowed are none, cut, crash, loss, wipe, rot");
        assertThat(Run.of(simulators, "--seeds -4").err()).contains("--seeds -4: allowed is a number from 1 to");
        assertThat(Run.of(simulators, "--bogus").err()).contains("allowed are --seeds, --first, --seconds");
    }

    @Test
    void helpNamesSimulatorsVariantsAndFaults() {
        Run run = Run.of(List.of(ToySimulator.sound()), "--help");
        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains(
                        "--seeds", "Examples:", "sound: a toy", "wrong variants: NOTICED", "cut, crash", "Exit codes:");
    }
}
