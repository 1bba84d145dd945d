package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import org.jspecify.annotations.Nullable;

/**
 * One member of a shard's group.
 *
 * @param server name of its server
 * @param address stable host:port of the server's gRPC endpoint
 * @param memberId its id, 32 hexadecimal digits; absent until the server has made it
 * @param volumeId identity of the volume that the member was born on
 * @param role voter or learner
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ShardReplicaSpec(
        @JsonPropertyDescription("Name of its server.") String server,

        @JsonPropertyDescription("host:port of the server's gRPC endpoint.")
        String address,

        @JsonPropertyDescription("Its id; absent until the server has made it.") @Nullable
        String memberId,

        @JsonPropertyDescription("Identity of the volume on which it was made.") @Nullable
        String volumeId,

        @JsonPropertyDescription("Voter or Learner.") @Default("Learner")
        MemberRole role) {

    public ShardReplicaSpec {
        role = role == null ? MemberRole.Learner : role;
    }
}
