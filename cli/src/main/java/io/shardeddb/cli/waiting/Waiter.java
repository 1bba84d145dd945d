package io.shardeddb.cli.waiting;

import java.time.Duration;
import java.util.Optional;

/**
 * Asks again and again until something has come about, or for too long.
 *
 * @param bound how long to go on; a question is asked at least once, also if this is zero
 * @param interval between an answer and the next question
 */
public record Waiter(Duration bound, Duration interval) {

    /** Asks for a value that may not be there yet. */
    public interface Question<T> {

        /** The value, once it is there. An exception ends the waiting. */
        Optional<T> ask() throws InterruptedException;
    }

    /** Asks whether something is so. */
    public interface Condition {

        /** Whether it is so now. An exception ends the waiting. */
        boolean holds() throws InterruptedException;
    }

    /** With an interval in milliseconds. */
    public static Waiter of(Duration bound, long intervalMillis) {
        return new Waiter(bound, Duration.ofMillis(intervalMillis));
    }

    /** The value as soon as it is there; empty if it was not there within the bound. */
    public <T> Optional<T> first(Question<T> question) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            Optional<T> answer = question.ask();
            if (answer.isPresent() || System.nanoTime() - start > bound.toNanos()) {
                return answer;
            }
            Thread.sleep(interval);
        }
    }

    /** Waits until something is so. Returns whether it came about within the bound. */
    public boolean until(Condition condition) throws InterruptedException {
        return first(() -> condition.holds() ? Optional.of(true) : Optional.empty())
                .isPresent();
    }
}
