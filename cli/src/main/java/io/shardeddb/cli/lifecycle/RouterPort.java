package io.shardeddb.cli.lifecycle;

import io.shardeddb.cli.exit.CommandFailure;
import io.shardeddb.cli.exit.ExitCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where on this machine the first database's router is to listen.
 *
 * @param number the port on 127.0.0.1
 * @param chosen the port if a person chose it; 0: nobody did
 */
record RouterPort(int number, int chosen) {

    private static final int USUAL = 5000;
    private static final int GREATEST = 65_535;

    /**
     * The port to take.
     *
     * @param asked what a person asked for; absent: nothing
     * @throws CommandFailure when it is no port
     */
    static RouterPort of(@Nullable Integer asked) {
        if (asked == null) {
            return new RouterPort(USUAL, 0);
        }
        if (asked < 1 || asked > GREATEST) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--router-port " + asked + " is no port: allowed are 1 to " + GREATEST);
        }
        return new RouterPort(asked, asked);
    }

    /**
     * What to say of a port that something else listens on. The usual one is then replaced by another, which is shown.
     *
     * @throws CommandFailure when the port that a person chose is not free
     */
    Optional<String> warning(boolean free) {
        if (free) {
            return Optional.empty();
        }
        if (chosen > 0) {
            throw new CommandFailure(
                    ExitCode.USAGE, "127.0.0.1:" + chosen + " is taken or not allowed: choose another --router-port");
        }
        return Optional.of("127.0.0.1:" + number
                + " is taken by another program: the first database's router gets another port, which"
                + " is shown when it is ready; to choose one: sdb up --router-port PORT");
    }

    /** Whether this process could listen there now. */
    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1}))) {
            return socket.isBound();
        } catch (IOException e) {
            // That it cannot be had is the answer, whatever the reason is.
            return false;
        }
    }
}
