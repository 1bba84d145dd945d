package io.shardeddb.crds;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * The token that the operator takes, by compare-and-set, before it takes something down.
 *
 * @param server the server concerned
 * @param reason why
 * @param since when it was taken, RFC 3339
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Disruption(
        @JsonPropertyDescription("The server concerned.") String server,
        @JsonPropertyDescription("Why.") String reason,
        @JsonPropertyDescription("When it was taken.") String since) {}
