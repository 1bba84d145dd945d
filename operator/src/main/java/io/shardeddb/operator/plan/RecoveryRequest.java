package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.ReplicaStatus;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a person asked for who recovers a shard from a lost quorum: the member to go on from, and where its log ended
 * when the person saw it. Written as {@code server/member/term/index}.
 *
 * @param server name of its server as given
 * @param member its id
 * @param lastTerm term of its last log entry
 * @param lastIndex index of that entry
 */
public record RecoveryRequest(String server, String member, long lastTerm, long lastIndex) {

    private static final Pattern FORM = Pattern.compile("(.+)/([0-9a-f]{32})/([0-9]{1,18})/([0-9]{1,18})");

    /** Reads a request; absent when it has not the form. */
    static Optional<RecoveryRequest> parse(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches()
                ? Optional.of(new RecoveryRequest(
                        matcher.group(1),
                        matcher.group(2),
                        Long.parseLong(matcher.group(3)),
                        Long.parseLong(matcher.group(4))))
                : Optional.empty();
    }

    /** Where a replica's log ends, as the status shows it: {@code term/index}. */
    public static String logEnd(ReplicaStatus replica) {
        return replica.getLastTerm() + "/" + replica.getLastIndex();
    }
}
