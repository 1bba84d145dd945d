package io.shardeddb.cli.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import io.shardeddb.cli.json.JsonText;
import io.shardeddb.cli.load.CsvReader;
import io.shardeddb.cli.records.Target;
import io.shardeddb.cli.rows.Cells;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the records of a file one by one. A record that is none is given with its fault, and reading goes on. */
sealed interface RecordReader {

    /** The next record; null at the end. @throws IOException when the file cannot be read on */
    @Nullable
    ImportedRecord next() throws IOException;

    /** One JSON object in each line; blank lines are passed over. */
    final class JsonLines implements RecordReader {

        private final BufferedReader reader;
        private long line;

        JsonLines(Reader reader) {
            this.reader = new BufferedReader(reader);
        }

        @Override
        public @Nullable ImportedRecord next() throws IOException {
            @Nullable String text = reader.readLine();
            line++;
            while (text != null && text.isBlank()) {
                text = reader.readLine();
                line++;
            }
            if (text == null) {
                return null;
            }
            try {
                return new ImportedRecord(line, JsonText.object(text, "the line"), "");
            } catch (CommandFailure e) {
                return new ImportedRecord(line, null, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Comma-separated values. The first line names the columns or members. */
    final class Separated implements RecordReader {

        private final CsvReader csv;
        private final Target target;
        private final List<String> names;

        Separated(Reader reader, Target target) throws IOException {
            this.csv = new CsvReader(reader);
            this.target = target;
            @Nullable List<String> heading = csv.next();
            if (heading == null) {
                throw new CommandFailure(ExitCode.DATA, "the file is empty; its first line must name the columns");
            }
            this.names = heading.stream()
                    .map(name -> name.strip().replace("\ufeff", ""))
                    .toList();
        }

        @Override
        public @Nullable ImportedRecord next() throws IOException {
            @Nullable List<String> fields = csv.next();
            if (fields == null) {
                return null;
            }
            if (fields.size() != names.size()) {
                return new ImportedRecord(
                        csv.line(), null, fields.size() + " fields, but line 1 names " + names.size() + " columns");
            }
            ObjectNode content = Json.object();
            for (int i = 0; i < names.size(); i++) {
                put(content, names.get(i), fields.get(i));
            }
            return new ImportedRecord(csv.line(), content, "");
        }

        private void put(ObjectNode content, String name, String text) {
            JsonNode value = target instanceof Target.Table table
                    ? CsvFields.cellValue(text, Cells.type(table.spec(), name))
                    : CsvFields.memberValue(text);
            if (!value.isMissingNode()) {
                content.set(name, value);
            }
        }
    }
}
