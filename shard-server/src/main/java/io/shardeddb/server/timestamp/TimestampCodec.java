package io.shardeddb.server.timestamp;

import io.shardeddb.consensus.Member;
import io.shardeddb.consensus.timestamp.TimestampMembership;
import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampMember;
import io.shardeddb.server.log.ConfigurationCodec;
import io.shardeddb.server.log.MemberAddress;

/** Memberships of the timestamp service on the wire. */
final class TimestampCodec {
    private TimestampCodec() {}

    static TimestampGroup toWire(TimestampMembership membership) {
        TimestampGroup.Builder wire =
                TimestampGroup.newBuilder().setEpoch(membership.epoch()).setStartAbove(membership.startAbove());
        for (Member member : membership.members()) {
            MemberAddress address = MemberAddress.parse(member.address());
            wire.addMembers(TimestampMember.newBuilder()
                    .setVolume(ConfigurationCodec.uid(member.id()))
                    .setServer(address.server())
                    .setAddress(address.endpoint()));
        }
        return wire.build();
    }

    /** @throws IllegalArgumentException when it names a member twice, or too many */
    static TimestampMembership ofWire(TimestampGroup wire) {
        return new TimestampMembership(
                wire.getEpoch(),
                wire.getStartAbove(),
                wire.getMembersList().stream()
                        .map(member -> new Member(
                                ConfigurationCodec.memberId(member.getVolume()),
                                new MemberAddress(member.getServer(), member.getAddress()).text()))
                        .toList());
    }
}
