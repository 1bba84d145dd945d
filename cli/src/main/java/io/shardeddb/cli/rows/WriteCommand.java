package io.shardeddb.cli.rows;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sdb write}. */
@Command(
        name = "write",
        mixinStandardHelpOptions = true,
        description = "Writes a row, or several given as JSON.",
        footer = {
            "",
            "Examples:",
            "  sdb write StudT Stud_id=2255 Stud_name='Grace Hopper' Stud_marks=98",
            "  sdb write StudT --upsert Stud_id=2255 Stud_name='Grace Hopper' Stud_marks=99",
            "  sdb write StudT '{\"Stud_id\":1,\"Stud_name\":\"Ada\"}' '{\"Stud_id\":9000,\"Stud_name\":\"Alan\"}'",
            "",
            "A row whose key is there already is refused; --upsert replaces it."
        })
public final class WriteCommand extends RowCommand {

    @Option(names = "--upsert", description = "Replace a row whose key is there already.")
    boolean upsert;

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COLUMN=VALUE|JSON",
            description = "The row's columns, or one JSON object per row.")
    List<String> words = List.of();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = terminal.out();
        boolean json = words.stream().allMatch(word -> word.stripLeading().startsWith("{"));
        Map<String, String> columns = json ? Map.of() : columns(words);
        List<JsonNode> rows = new ArrayList<>();
        try (RouterClient router = options.connect()) {
            if (json) {
                words.forEach(word -> rows.add(TableOptions.object(word)));
            } else {
                rows.add(TableOptions.row(columns, options.table(router, table)));
            }
            Rows.check(options.rows(router, table).write(rows, upsert ? Rows.WriteMode.UPSERT : Rows.WriteMode.INSERT));
        }
        out.println(rows.size() == 1 ? "1 row written" : rows.size() + " rows written");
        out.flush();
        return ExitCode.OK;
    }

    /** Column and value of {@code column=value} words. @throws CommandFailure when a word is not of that form */
    public static Map<String, String> columns(List<String> words) {
        Map<String, String> columns = new LinkedHashMap<>();
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw new CommandFailure(ExitCode.USAGE, "expected COLUMN=VALUE, not '" + word + "'");
            }
            if (columns.put(word.substring(0, equals), word.substring(equals + 1)) != null) {
                throw new CommandFailure(ExitCode.USAGE, "column " + word.substring(0, equals) + " is given twice");
            }
        }
        return columns;
    }
}
