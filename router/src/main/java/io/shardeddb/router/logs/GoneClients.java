package io.shardeddb.router.logs;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Keeps out of the log that a client went away before its streamed answer began. The framework (Micronaut 4.10) then
 * hands a part of the answer to a connection that has ended; it throws, and Netty logs that with a stack trace. Nobody
 * is left to be told. Named in logback.xml.
 */
public final class GoneClients extends TurboFilter {

    private static final String LOGGER = "io.netty.util.concurrent.";
    private static final String MESSAGE = "onNext before request?";

    @Override
    public FilterReply decide(
            @Nullable Marker marker,
            Logger logger,
            Level level,
            @Nullable String format,
            Object @Nullable [] parameters,
            @Nullable Throwable thrown) {
        return thrown instanceof IllegalStateException
                        && MESSAGE.equals(thrown.getMessage())
                        && logger.getName().startsWith(LOGGER)
                ? FilterReply.DENY
                : FilterReply.NEUTRAL;
    }
}
