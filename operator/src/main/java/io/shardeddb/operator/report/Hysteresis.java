package io.shardeddb.operator.report;

import io.shardeddb.crds.Reason;
import io.shardeddb.operator.plan.Refusal;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Since when each verdict for the worse has been reached in every reconcile. One that lasts for a moment only is not
 * told: while a leadership moves there is no leader for a second, and an answer that comes late is not a server that is
 * gone.
 *
 * <p>It holds back words, never a refusal to act: what may be done is decided on what is observed in that reconcile.
 *
 * @param since per verdict, when it was first reached without a break since
 */
public record Hysteresis(Map<String, Instant> since) {

    /** For so long a verdict must stand before it is told. An election takes about a second. */
    public static final Duration MOMENT = Duration.ofMillis(2500);

    /** Nothing was seen yet. */
    public static final Hysteresis NONE = new Hysteresis(Map.of());

    public Hysteresis {
        since = Map.copyOf(since);
    }

    /**
     * Whether what a refusal says may be over in a moment without anybody's doing: that too few members answered just
     * now.
     */
    public static boolean mayPass(Reason reason) {
        return reason == Reason.QuorumLost || reason == Reason.WouldLoseQuorum;
    }

    /**
     * The refusals to tell: those that stay until somebody does something, those that have stood, and those that were
     * told already.
     *
     * @param told the message of the condition that told the last ones; empty when there were none
     */
    public List<Refusal> told(List<Refusal> refusals, String told, Instant now) {
        return refusals.stream()
                .filter(refusal -> !mayPass(refusal.reason())
                        || stood(verdict(refusal), now)
                        || told.contains(refusal.about() + ": "))
                .toList();
    }

    /** After another reconcile, which came to these refusals; see {@link #told}. */
    public Hysteresis after(List<Refusal> refusals, Instant now) {
        return after(refusals.stream().map(Hysteresis::verdict).collect(Collectors.toSet()), now);
    }

    private static String verdict(Refusal refusal) {
        return refusal.about() + ": " + refusal.reason();
    }

    /** After another reconcile, which reached these verdicts: those not among them are forgotten. */
    public Hysteresis after(Set<String> verdicts, Instant now) {
        Map<String, Instant> standing = new HashMap<>();
        verdicts.forEach(verdict -> standing.put(verdict, since.getOrDefault(verdict, now)));
        return new Hysteresis(standing);
    }

    /** Whether a verdict has stood for longer than a moment. */
    public boolean stood(String verdict, Instant now) {
        return stood(verdict, MOMENT, now);
    }

    /** Whether a verdict has stood for so long. */
    public boolean stood(String verdict, Duration time, Instant now) {
        Instant first = since.get(verdict);
        return first != null && !now.isBefore(first.plus(time));
    }
}
