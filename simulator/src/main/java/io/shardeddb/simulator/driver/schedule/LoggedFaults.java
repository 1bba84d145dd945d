package io.shardeddb.simulator.driver.schedule;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Exceptions that the code under test catches and logs, so nobody else would see them. In a simulation each of them is
 * a fault of the software, because no modelled part throws any but those that are declared. Logback makes it, as
 * {@code logback-test.xml} says.
 */
public final class LoggedFaults extends AppenderBase<ILoggingEvent> {
    /** The schedule of the run that goes on in a thread. */
    private static final ThreadLocal<@Nullable Schedule> RUNNING = new ThreadLocal<>();

    /** Makes one; for logback. */
    public LoggedFaults() {
        super();
    }

    /** From here on this thread's faults belong to a run. */
    public static void of(@Nullable Schedule schedule) {
        RUNNING.set(schedule);
    }

    @Override
    protected void append(ILoggingEvent event) {
        Schedule schedule = RUNNING.get();
        if (schedule != null
                && event.getThrowableProxy() instanceof ThrowableProxy proxy
                && proxy.getThrowable() instanceof RuntimeException fault) {
            schedule.broken(thrown(fault));
        }
    }

    /** What an exception breaks. */
    public static RuleBroken thrown(Throwable fault) {
        List<StackTraceElement> stack = Arrays.asList(fault.getStackTrace());
        String place = stack.stream()
                .map(StackTraceElement::getClassName)
                .filter(name -> name.startsWith("io.shardeddb"))
                .findFirst()
                .orElse("");
        return new RuleBroken(
                "nothing throws " + fault.getClass().getSimpleName() + " in " + place,
                fault + " at " + stack.subList(0, Math.min(14, stack.size())));
    }
}
