package io.shardeddb.cli.records;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.cli.rows.RouterClient.Answer;
import io.shardeddb.cli.rows.Rows;
import io.shardeddb.cli.rows.TableOptions;
import io.shardeddb.cli.rows.WriteCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb insert}. */
@Command(
        name = "insert",
        mixinStandardHelpOptions = true,
        description = "Inserts rows into a table or documents into a collection.",
        footer = {
            "",
            "Examples:",
            "  sdb insert people '{\"name\":\"Ada\"}'                      one document; its _id is shown",
            "  sdb insert people '[{\"_id\":1},{\"_id\":2}]'               several, all or none",
            "  sdb insert people --file people.jsonl                   one JSON object in each line; - is the input",
            "  sdb insert StudT Stud_id=2255 Stud_name='Grace Hopper'  a row",
            "  sdb insert StudT '{\"Stud_id\":1,\"Stud_name\":\"Ada\"}'",
            "",
            "What is given on the command line is inserted as a whole or not at all. A file is inserted in requests of",
            "500. For large files use sdb import."
        })
public final class InsertCommand extends RecordCommand {

    private static final int BATCH = 500;
    private static final int BATCH_CHARACTERS = 1 << 20;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "JSON|COLUMN=VALUE",
            description = "JSON objects or arrays of them, or the columns of one row. Default: the input's lines.")
    List<String> words = List.of();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "A file with one JSON object in each line; - is the input.")
    @Nullable
    String file;

    private long done;

    @Override
    void check() {
        if (file != null && !words.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "give what to insert, or --file, not both");
        }
    }

    @Override
    int run(RouterClient router, Target target) throws InterruptedException {
        if (words.isEmpty()) {
            lines(router, target);
            terminal.out().println(done + (target instanceof Target.Table ? " rows inserted" : " documents inserted"));
            return ExitCode.OK;
        }
        JsonNode ids = insert(router, target, given(target)).body().path("ids");
        String what = target instanceof Target.Table ? "row" : "document";
        StringBuilder said = new StringBuilder(done + " " + what + (done == 1 ? "" : "s") + " inserted");
        for (int i = 0; i < Math.min(ids.size(), 20); i++) {
            said.append(i == 0 ? ": " : ", ").append(ids.get(i).asText());
        }
        terminal.out().println(said + (ids.size() > 20 ? ", ..." : ""));
        return ExitCode.OK;
    }

    private ArrayNode given(Target target) {
        ArrayNode given = Json.MAPPER.createArrayNode();
        boolean json = words.stream().allMatch(word -> word.stripLeading().startsWith("{") || word.startsWith("["));
        if (!json) {
            if (target instanceof Target.Table table) {
                return given.add(TableOptions.row(WriteCommand.columns(words), table.spec()));
            }
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "a document is given as JSON, because its values have types: sdb insert " + name
                            + " '{\"name\":\"Ada\",\"born\":1815}'");
        }
        for (String word : words) {
            JsonNode value = JsonText.value(word, "'" + word + "'");
            if (value instanceof ArrayNode several) {
                given.addAll(several);
            } else {
                given.add(value);
            }
        }
        return given;
    }

    private void lines(RouterClient router, Target target) throws InterruptedException {
        try (InputStream in = file == null || file.equals("-") ? System.in : open(Path.of(file));
                BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            ArrayNode batch = Json.MAPPER.createArrayNode();
            long characters = 0;
            long number = 0;
            for (@Nullable String line = reader.readLine(); line != null; line = reader.readLine()) {
                number++;
                if (line.isBlank()) {
                    continue;
                }
                batch.add(JsonText.value(line, "line " + number));
                characters += line.length();
                if (batch.size() == BATCH || characters > BATCH_CHARACTERS) {
                    insert(router, target, batch);
                    batch = Json.MAPPER.createArrayNode();
                    characters = 0;
                }
            }
            if (!batch.isEmpty()) {
                insert(router, target, batch);
            }
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read what to insert: " + e.getMessage(), e);
        } catch (CommandFailure e) {
            throw done == 0
                    ? e
                    : new CommandFailure(e.exitCode(), e.getMessage() + "\nBefore it, " + done + " were inserted.", e);
        }
    }

    private static InputStream open(Path path) {
        try {
            return Files.newInputStream(path);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.NO_INPUT, "cannot read " + path, e);
        }
    }

    private Answer insert(RouterClient router, Target target, ArrayNode batch) throws InterruptedException {
        Answer answer = switch (target) {
            case Target.Table table -> {
                List<JsonNode> rows = batch.valueStream().toList();
                yield options.rows(router, name).write(rows, Rows.WriteMode.INSERT);
            }
            case Target.Collection documents -> collection(router).insert(batch);
        };
        Rows.check(answer);
        done += batch.size();
        return answer;
    }
}
