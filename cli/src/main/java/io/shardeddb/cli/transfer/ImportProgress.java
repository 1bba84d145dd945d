package io.shardeddb.cli.transfer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import io.shardeddb.cli.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * How far an import came. Every record before that point is settled: it is in, or was refused and written down.
 *
 * @param identity of the file's content
 * @param target table or collection
 * @param records settled, from the start of the file
 * @param inserted how many of them were inserted
 * @param present how many were there already, the same
 * @param refused how many were refused
 * @param refusedBytes length of the file of refused records
 * @param complete whether that is the whole file
 */
record ImportProgress(
        String identity,
        String target,
        long records,
        long inserted,
        long present,
        long refused,
        long refusedBytes,
        boolean complete) {

    /** Nothing yet. */
    static ImportProgress none(String identity, String target) {
        return new ImportProgress(identity, target, 0, 0, 0, 0, 0, false);
    }

    /**
     * What a file tells, or nothing yet if there is none.
     *
     * @throws CommandFailure DATA when it tells of another import
     */
    static ImportProgress read(Path file, String identity, String target) {
        if (!Files.exists(file)) {
            return none(identity, target);
        }
        ImportProgress found;
        try {
            found = Json.MAPPER.readValue(file.toFile(), ImportProgress.class);
        } catch (IOException e) {
            throw new CommandFailure(ExitCode.DATA, file + " does not tell how far an import came; remove it", e);
        }
        if (!found.identity().equals(identity) || !found.target().equals(target)) {
            throw new CommandFailure(
                    ExitCode.DATA,
                    file + " tells of an import of other content, or into " + found.target()
                            + "; name another --progress, or remove it to begin again");
        }
        return found;
    }

    /** This after more records of a chunk. */
    ImportProgress plus(ChunkOutcome chunk, long bytes) {
        return new ImportProgress(
                identity,
                target,
                records + chunk.records(),
                inserted + chunk.inserted(),
                present + chunk.present(),
                refused + chunk.refused().size(),
                bytes,
                complete);
    }

    /** This, and it is all. */
    ImportProgress whole() {
        return new ImportProgress(identity, target, records, inserted, present, refused, refusedBytes, true);
    }

    /** Replaces the file, so that it always tells of one moment. */
    void write(Path file) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.write(fresh, Json.MAPPER.writeValueAsBytes(this));
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** For programs. */
    ObjectNode json(double seconds) {
        return Json.object()
                .put("inserted", inserted)
                .put("present", present)
                .put("refused", refused)
                .put("complete", complete)
                .put("seconds", seconds);
    }
}
