package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/**
 * The token that the operator takes, by compare-and-set, before it takes something down.
 *
 * @param server the server concerned
 * @param pod uid of the pod that may be deleted under this token; absent when the server goes for good
 * @param reason why
 * @param since when it was taken, RFC 3339
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Disruption(
        @JsonPropertyDescription("The server concerned.") String server,

        @JsonPropertyDescription("Uid of the pod that may be deleted; absent when the server goes for good.") @Nullable
        String pod,

        @JsonPropertyDescription("Why.") String reason,
        @JsonPropertyDescription("When it was taken.") String since) {}
