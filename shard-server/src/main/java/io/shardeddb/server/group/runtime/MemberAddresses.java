package io.shardeddb.server.group.runtime;

import io.shardeddb.consensus.Configuration;
import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.MemberId;
import io.shardeddb.consensus.Replica;
import io.shardeddb.server.log.MemberAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a group's members are reached: as configurations say it, and as they say it themselves. Confined to the loop.
 */
final class MemberAddresses {

    private final Map<MemberId, String> endpoints = new HashMap<>();

    /** Takes over what a configuration says of everyone in it. */
    void learn(Configuration configuration) {
        for (Member member : configuration.everyone()) {
            endpoints.put(member.id(), MemberAddress.parse(member.address()).endpoint());
        }
    }

    /** A message told where its sender is. */
    void heard(MemberId member, String endpoint) {
        endpoints.put(member, endpoint);
    }

    /**
     * Where a member is reached; absent when that is not known, and the present configuration does not say it either.
     */
    @Nullable
    String endpoint(MemberId member, Replica core) {
        if (!endpoints.containsKey(member)) {
            learn(core.status().configuration());
        }
        return endpoints.get(member);
    }

    /**
     * Name and endpoint of a member; without a name, and perhaps without an endpoint, when the configuration does not
     * have it.
     */
    MemberAddress of(MemberId member, Configuration configuration) {
        for (Member known : configuration.everyone()) {
            if (known.id().equals(member)) {
                return MemberAddress.parse(known.address());
            }
        }
        return new MemberAddress("", endpoints.getOrDefault(member, ""));
    }
}
