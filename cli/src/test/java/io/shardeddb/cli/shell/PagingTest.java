package io.shardeddb.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PagingTest {

    private final StringWriter screen = new StringWriter();
    private final Deque<Paging.Wish> wishes = new ArrayDeque<>();

    private PrintWriter writer(int height, int width) {
        return new PrintWriter(new Paging(screen, height, width, () -> {
            screen.write("?");
            return wishes.remove();
        }));
    }

    @Test
    void stopsAfterEachScreenAndGoesOnAsWished() {
        wishes.addAll(List.of(Paging.Wish.SCREEN, Paging.Wish.LINE, Paging.Wish.ALL));
        PrintWriter out = writer(3, 80);
        out.print("1\n2\n3\n4\n5\n6\n7\n8\n");
        out.flush();
        assertThat(screen).hasToString("1\n2\n?3\n4\n?5\n?6\n7\n8\n");
        assertThat(out.checkError()).isFalse();
    }

    @Test
    void tellsTheCommandThatNothingMoreIsWanted() {
        wishes.add(Paging.Wish.NOTHING);
        PrintWriter out = writer(3, 80);
        out.print("1\n2\n3\n4\n");
        assertThat(out.checkError()).isTrue();
        assertThat(screen).hasToString("1\n2\n?");
    }

    @Test
    void longLinesCountAsSeveral() {
        wishes.add(Paging.Wish.ALL);
        PrintWriter out = writer(3, 4);
        out.print("123456789012\n");
        out.flush();
        assertThat(screen.toString()).contains("?").endsWith("012\n");
    }

    @Test
    void aScreenWithoutHeightNeverStops() {
        PrintWriter out = writer(0, 80);
        out.print("1\n2\n3\n");
        out.flush();
        assertThat(screen).hasToString("1\n2\n3\n");
    }
}
