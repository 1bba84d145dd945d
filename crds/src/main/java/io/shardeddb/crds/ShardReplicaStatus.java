package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * One member as last seen.
 *
 * @param server its server
 * @param memberId its id
 * @param role {@code Leader}, {@code Follower}, {@code Candidate} or {@code Learner}
 * @param state {@code Empty}, {@code Recovering}, {@code Copying}, {@code Healthy}, {@code Stalled},
 *     {@code Quarantined}, {@code Lost} or {@code Unreachable}
 * @param matchIndex last log index that the leader knows it to hold
 * @param appliedIndex last log index in its tables
 * @param lag committed entries that it lacks
 * @param lagMillis how long ago the leader proposed the oldest entry that it is not known to hold; 0 when it holds all
 * @param latencyMillis append round trip from the leader
 * @param logEnd where its log ends, as {@code term/index}; told while the shard has no leader
 * @param copy progress of a copy, for example {@code 5000 of about 10000 rows}
 * @param message why it is not healthy
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardReplicaStatus(
        @JsonPropertyDescription("Its server.") String server,
        @JsonPropertyDescription("Its id.") @Nullable String memberId,

        @JsonPropertyDescription("Leader, Follower, Candidate or Learner.") @Nullable
        String role,

        @JsonPropertyDescription(
                "Empty, Recovering, Copying, Healthy, Stalled, Quarantined, Retired, Lost or Unreachable.")
        String state,

        @JsonPropertyDescription("Last log index that the leader knows it to hold.") @Nullable
        Long matchIndex,

        @JsonPropertyDescription("Last log index in its tables.") @Nullable
        Long appliedIndex,

        @JsonPropertyDescription("Committed entries that it lacks.") @Nullable
        Long lag,

        @JsonPropertyDescription("How long ago the leader proposed the oldest entry that it is not known to hold.")
        @Nullable
        Long lagMillis,

        @JsonPropertyDescription("Append round trip from the leader, in milliseconds.") @Nullable
        Long latencyMillis,

        @JsonPropertyDescription("Where its log ends, as term/index; told while the shard has no leader.") @Nullable
        String logEnd,

        @JsonPropertyDescription("Progress of a copy.") @Nullable
        String copy,

        @JsonPropertyDescription("Why it is not healthy.") @Nullable
        String message) {}
