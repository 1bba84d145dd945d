package io.shardeddb.cli.export;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * How far an export came. The file's first bytes hold exactly the records of the parts as far as they were read.
 *
 * @param source table or collection
 * @param format what the file holds
 * @param columns columns or members in the file; empty: all
 * @param parts parts of the keys
 * @param records in the file's first bytes
 * @param bytes so many of the file's bytes count
 */
record ExportProgress(
        String source, ExportFormat format, List<String> columns, List<KeyPart> parts, long records, long bytes) {

    ExportProgress {
        columns = List.copyOf(columns);
        parts = List.copyOf(parts);
    }

    /** What a file tells. @throws CommandFailure DATA when it is not about an export */
    static ExportProgress read(Path file) {
        try {
            return Json.MAPPER.readValue(file.toFile(), ExportProgress.class);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + " does not tell how far an export came; remove it", e);
        }
    }

    /** This with a heading of so many bytes. */
    ExportProgress begun(long heading) {
        return new ExportProgress(source, format, columns, parts, records, heading);
    }

    /**
     * This, and more of one part.
     *
     * @param length bytes of the records
     */
    ExportProgress plus(int part, KeyPart read, long more, long length) {
        List<KeyPart> changed = new ArrayList<>(parts);
        changed.set(part, read);
        return new ExportProgress(source, format, columns, changed, records + more, bytes + length);
    }

    /** Replaces the file, so that it always tells of one moment. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.MAPPER.writeValueAsBytes(this));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * For programs.
     *
     * @param before records that an earlier run had written
     */
    ObjectNode json(long before, double seconds) {
        return Json.object()
                .put("records", records)
                .put("bytes", bytes)
                .put("earlier", before)
                .put("seconds", seconds);
    }
}
