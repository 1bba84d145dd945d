package io.shardeddb.cli.shards;

import io.shardeddb.cli.output.Columns;
import io.shardeddb.cli.shards.ShardPicture.Copy;
import io.shardeddb.cli.shards.ShardPicture.Wait;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What shards' copies do, as a table with a line per copy, and a line below it for each thing that waits. Pure. */
final class PictureText {

    private static final List<String> HEADING =
            List.of("COPY ON", "ROLE", "TERM", "LOG", "DURABLE", "COMMITTED", "CERTAIN", "APPLIED", "HELD", "STATE");

    private PictureText() {}

    static String of(List<ShardPicture> pictures) {
        StringBuilder text = new StringBuilder();
        for (ShardPicture picture : pictures) {
            text.append(text.isEmpty() ? "" : "\n").append(of(picture));
        }
        return text.isEmpty() ? "no shards\n" : text.toString();
    }

    private static String of(ShardPicture picture) {
        List<List<String>> rows = new ArrayList<>();
        StringBuilder waits = new StringBuilder();
        for (Copy copy : picture.copies()) {
            rows.add(row(copy));
            for (Wait wait : copy.waits()) {
                waits.append(copy.server()).append(": ").append(sentence(wait)).append('\n');
            }
        }
        String leader = picture.leader() == null ? "no leader answers" : "led by " + picture.leader();
        return picture.database() + "/" + picture.shard() + ": " + leader + "\n" + Columns.of(HEADING, rows)
                + (waits.isEmpty() ? "nothing waits\n" : waits);
    }

    private static String sentence(Wait wait) {
        String lasted = wait.millis() == 0 ? "" : ", for " + ShardPicture.time(wait.millis());
        String subject = switch (wait.what()) {
            case "Copy" -> "";
            case "Writes", "Quorum", "Rows", "Transactions" -> wait.what().toLowerCase(java.util.Locale.ROOT) + ": ";
            default -> wait.what() + " ";
        };
        return subject + wait.reason() + lasted;
    }

    private static List<String> row(Copy copy) {
        if (!copy.answers()) {
            return List.of(copy.server(), "-", "-", "-", "-", "-", "-", "-", "-", "no answer, or no copy");
        }
        Long certain = copy.certainIndex();
        return List.of(
                copy.server(),
                copy.role(),
                Long.toString(copy.term()),
                copy.firstIndex() > copy.lastIndex() ? "empty" : copy.firstIndex() + ".." + copy.lastIndex(),
                text(copy.durableIndex()),
                Long.toString(copy.commitIndex()),
                text(certain),
                Long.toString(copy.appliedIndex()),
                certain == null ? "-" : Long.toString(Math.max(0, certain - copy.appliedIndex())),
                copy.state());
    }

    private static String text(@Nullable Long index) {
        return index == null ? "-" : index.toString();
    }
}
