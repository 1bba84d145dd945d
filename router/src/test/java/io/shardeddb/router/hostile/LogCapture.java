package io.shardeddb.router.hostile;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Everything that this process logs while it is open, through whichever of the two ways. */
public final class LogCapture implements AutoCloseable {

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final ch.qos.logback.classic.Logger root =
            (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
    private final java.util.logging.Logger otherRoot = java.util.logging.Logger.getLogger("");
    private final Appender appender = new Appender();
    private final Other other = new Other();

    /** What was logged once. */
    public record Line(String logger, String message, boolean trace) {}

    private final class Appender extends AppenderBase<ILoggingEvent> {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(new Line(event.getLoggerName(), event.getFormattedMessage(), event.getThrowableProxy() != null));
        }
    }

    private final class Other extends Handler {
        @Override
        public void publish(LogRecord event) {
            lines.add(new Line(
                    String.valueOf(event.getLoggerName()),
                    String.valueOf(event.getMessage()),
                    event.getThrown() != null));
        }

        @Override
        public void flush() {
            // Nothing is held back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }

    /** Begins. */
    public LogCapture() {
        appender.setContext(root.getLoggerContext());
        appender.start();
        root.addAppender(appender);
        otherRoot.addHandler(other);
    }

    /** What has been logged so far. */
    public List<Line> lines() {
        return List.copyOf(lines);
    }

    @Override
    public void close() {
        root.detachAppender(appender);
        otherRoot.removeHandler(other);
    }
}
