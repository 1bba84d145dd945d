package io.shardeddb.local.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives pods and Services loopback addresses of their own, 127.0.x.y. A cluster owns a whole block 127.0.x.*, so that
 * clusters on one machine do not meet. The cluster that listens on the last address of a block has the block.
 */
public final class Addresses implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Addresses.class);
    private static final int GUARD_HOST = 254;
    private static final int GUARD_PORT = 6443;
    private static final int BLOCKS = 254;

    private final int block;
    private final ServerSocket guard;
    private final Supplier<Set<String>> used;
    private int next = 1;

    private Addresses(int block, ServerSocket guard, Supplier<Set<String>> used) {
        this.block = block;
        this.guard = guard;
        this.used = used;
    }

    /**
     * Takes the block that this home had before, or a free one.
     *
     * @param record the file that remembers the block
     * @param used the addresses that pods and Services have now
     */
    public static Addresses open(Path record, Supplier<Set<String>> used) throws IOException {
        int first = 1 + Math.floorMod(record.toAbsolutePath().toString().hashCode(), BLOCKS);
        if (Files.exists(record)) {
            String text = Files.readString(record).strip();
            first = text.matches("\\d{1,3}") ? Integer.parseInt(text) : first;
        }
        for (int i = 0; i < BLOCKS; i++) {
            int block = 1 + (first - 1 + i) % BLOCKS;
            ServerSocket guard = new ServerSocket();
            try {
                guard.bind(new InetSocketAddress(address(block, GUARD_HOST), GUARD_PORT));
            } catch (IOException e) {
                guard.close();
                LOG.debug("The block 127.0.{}.* is taken", block);
                continue;
            }
            Files.writeString(record, Integer.toString(block));
            return new Addresses(block, guard, used);
        }
        throw new IOException("every block 127.0.x.* is taken by another cluster on this machine");
    }

    private static InetAddress address(int block, int host) throws IOException {
        return InetAddress.getByAddress(new byte[] {127, 0, (byte) block, (byte) host});
    }

    /** A free address; those given last come again last. */
    public synchronized String take() {
        Set<String> taken = used.get();
        for (int i = 0; i < GUARD_HOST; i++) {
            String candidate = "127.0." + block + "." + next;
            next = next % (GUARD_HOST - 1) + 1;
            if (!taken.contains(candidate)) {
                return candidate;
            }
        }
        throw new IllegalStateException("all " + (GUARD_HOST - 1) + " addresses 127.0." + block + ".* are in use");
    }

    @Override
    public void close() throws IOException {
        guard.close();
    }
}
