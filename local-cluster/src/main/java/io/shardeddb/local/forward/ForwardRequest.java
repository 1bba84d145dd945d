package io.shardeddb.local.forward;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a client of port-forward asks for. Pure.
 *
 * @param port port of the pod, 1 to 65535
 * @param protocol of the messages, as the client names it
 */
public record ForwardRequest(int port, String protocol) {

    /** What we speak, the best first. Both have a channel's number before each message. */
    private static final List<String> SPOKEN = List.of("v4.channel.k8s.io", "portforward.k8s.io");

    private static final int LARGEST_PORT = 65_535;

    /**
     * Reads it.
     *
     * @param ports the query's ports
     * @param protocols the protocols that the client offers, parted by commas; null: none
     * @throws IllegalArgumentException when it cannot be served; the message is for the client
     */
    public static ForwardRequest of(String ports, @Nullable String protocols) {
        List<String> offered = Stream.of(String.valueOf(protocols).split(",", -1))
                .map(String::strip)
                .toList();
        String chosen = SPOKEN.stream()
                .filter(offered::contains)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "unable to upgrade: protocols " + protocols + " are offered, and " + SPOKEN + " are spoken"));
        if (!ports.matches("[0-9]{1,5}")) {
            throw new IllegalArgumentException("query parameter \"ports\" must be one port, not \"" + ports + "\"");
        }
        int port = Integer.parseInt(ports);
        if (port < 1 || port > LARGEST_PORT) {
            throw new IllegalArgumentException("port " + port + " is not from 1 to " + LARGEST_PORT);
        }
        return new ForwardRequest(port, chosen);
    }
}
