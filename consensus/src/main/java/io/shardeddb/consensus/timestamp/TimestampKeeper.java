package io.shardeddb.consensus.timestamp;

import io.shardeddb.consensus.MemberId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One server's clock. It gives values up to a bound that is durable, and has that raised before it is reached; after a
 * crash it goes on above the bound. It belongs to one epoch at a time: told of a newer one it answers no older one any
 * more, and sealed it answers nothing until there is a newer one.
 *
 * <p>Inputs are followed by {@link #drain}, whose effects are carried out in order: write what is to be durable, then
 * tell {@link #persisted}. Answers that rest on it come from a later drain.
 */
public final class TimestampKeeper {
    /** How far the durable bound is set ahead: three seconds of a clock that follows the wall. */
    static final long WINDOW = TimestampLayout.clockAt(3_000);

    /** The bound is raised when less than this is left. */
    static final long LOW = TimestampLayout.clockAt(1_000);

    /** At most this many values in one answer. */
    public static final int MAX_COUNT = 1 << 16;

    private final TimestampRules rules;
    private final MemberId self;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private List<Answer> answers = new ArrayList<>();
    private TimestampMembership membership;
    private long sealedEpoch;
    private long clock;
    private long wantedBound;
    private Durable durable;
    private Durable inWriting;
    private long number;
    private long persistedNumber;

    /**
     * What must survive a crash.
     *
     * @param membership the newest known
     * @param sealedEpoch nothing is answered in epochs up to this one
     * @param bound no clock value above it was given
     */
    public record Durable(TimestampMembership membership, long sealedEpoch, long bound) {
        /** Of a server that never heard of the service. */
        public static final Durable EMPTY = new Durable(TimestampMembership.NONE, 0, 0);
    }

    /** What is to be answered to a question of the caller's number. */
    public sealed interface Answer {
        long question();

        /**
         * Values: so many as were asked for, beginning with this one, each {@link TimestampLayout#later} than the one
         * before.
         */
        record Given(long question, long epoch, long first) implements Answer {}

        /** The epoch is not this server's, or is sealed; the newest membership that it knows. */
        record Refused(long question, TimestampMembership newest) implements Answer {}

        /** What was asked to be durable is: the membership, the seal, and a bound of all that was given. */
        record Settled(long question, TimestampMembership newest, long sealedEpoch, long greatest) implements Answer {}
    }

    /**
     * What is to be done.
     *
     * @param write to be made durable; absent when nothing is
     * @param number of the write, for {@link #persisted}
     * @param answers to be given now
     */
    public record Effects(@Nullable Durable write, long number, List<Answer> answers) {}

    private sealed interface Waiting {
        record Tick(long question, long epoch, long floor, int count, long wallMillis) implements Waiting {}

        /** Settled when the given write is durable. */
        record Change(long question, long epoch, long sealed) implements Waiting {}
    }

    /**
     * @param self this server's id, which its disk carries
     * @param recovered what is durable
     */
    public TimestampKeeper(MemberId self, Durable recovered) {
        this(TimestampRules.SOUND, self, recovered);
    }

    /** The same with other rules than the sound ones: for simulators alone. */
    public TimestampKeeper(TimestampRules rules, MemberId self, Durable recovered) {
        this.rules = rules;
        this.self = self;
        membership = recovered.membership();
        sealedEpoch = recovered.sealedEpoch();
        // A crash may have come between the beginning of an epoch and its first bound.
        clock = rules.clockAtStart(recovered.bound(), recovered.membership());
        wantedBound = recovered.bound();
        durable = recovered;
        inWriting = recovered;
    }

    /** The newest membership known here, durable or not. */
    public TimestampMembership membership() {
        return membership;
    }

    /** Nothing is answered in epochs up to this one. */
    public long sealedEpoch() {
        return sealedEpoch;
    }

    /** A bound of every timestamp given here. */
    public long greatest() {
        return TimestampLayout.timestamp(clock, TimestampLayout.MAX_MEMBERS);
    }

    /**
     * Somebody wants values.
     *
     * @param question the caller's number for the answer
     * @param epoch the epoch that the caller believes in
     * @param floor a timestamp that all values must exceed
     * @param count how many, 1 to {@link #MAX_COUNT}
     * @param wallMillis the wall clock, or 0 if that is not to be trusted
     */
    public void tick(long question, long epoch, long floor, int count, long wallMillis) {
        if (count < 1 || count > MAX_COUNT) {
            throw new IllegalArgumentException("1 to " + MAX_COUNT + " values can be given at once, not " + count);
        }
        waiting.add(new Waiting.Tick(question, epoch, floor, count, wallMillis));
    }

    /** A newer membership, or one that is known already. */
    public void configure(long question, TimestampMembership newer) {
        if (newer.epoch() > membership.epoch()) {
            membership = newer;
            clock = rules.clockAtStart(clock, newer);
        }
        waiting.add(new Waiting.Change(question, newer.epoch(), 0));
    }

    /** Nothing is answered any more in epochs up to this one. */
    public void seal(long question, long epoch) {
        sealedEpoch = Math.max(sealedEpoch, epoch);
        waiting.add(new Waiting.Change(question, 0, epoch));
    }

    /** A write, and all before it, are durable. */
    public void persisted(long writtenNumber) {
        if (writtenNumber == number) {
            persistedNumber = writtenNumber;
            durable = inWriting;
        }
    }

    /** What follows from the inputs so far. */
    public Effects drain() {
        for (int left = waiting.size(); left > 0; left--) {
            Waiting next = waiting.remove();
            answer(next).ifPresentOrElse(answers::add, () -> waiting.add(next));
        }
        Durable write = null;
        boolean idle = persistedNumber == number;
        boolean changed = membership.epoch() != durable.membership().epoch()
                || sealedEpoch != durable.sealedEpoch()
                || wantedBound > durable.bound();
        if (idle && changed) {
            write = new Durable(membership, sealedEpoch, wantedBound);
            inWriting = write;
            number++;
        }
        List<Answer> given = answers;
        answers = new ArrayList<>();
        return new Effects(write, number, given);
    }

    private Optional<Answer> answer(Waiting question) {
        return switch (question) {
            case Waiting.Tick tick -> answer(tick);
            case Waiting.Change change -> {
                yield rules.isSettled(durable, change.epoch(), change.sealed())
                        ? Optional.of(new Answer.Settled(change.question(), membership, sealedEpoch, greatest()))
                        : Optional.empty();
            }
        };
    }

    private Optional<Answer> answer(Waiting.Tick tick) {
        int own = membership.numberOf(self);
        if (own < 0 || !rules.answers(tick.epoch(), membership.epoch(), sealedEpoch)) {
            return Optional.of(new Answer.Refused(tick.question(), membership));
        }
        if (durable.membership().epoch() != membership.epoch()) {
            return Optional.empty();
        }
        long before = Math.max(
                Math.max(clock, TimestampLayout.clock(tick.floor())), TimestampLayout.clockAt(tick.wallMillis()));
        long last = before + tick.count();
        if (last > durable.bound() - LOW) {
            wantedBound = Math.max(wantedBound, last + WINDOW);
        }
        if (!rules.mayGive(last, durable.bound())) {
            return Optional.empty();
        }
        clock = last;
        return Optional.of(new Answer.Given(tick.question(), tick.epoch(), TimestampLayout.timestamp(before + 1, own)));
    }
}
