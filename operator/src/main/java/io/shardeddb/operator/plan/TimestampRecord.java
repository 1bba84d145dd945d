package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.TimestampGroup;
import io.shardeddb.protocol.wire.TimestampMember;
import java.util.List;

/**
 * Who gives timestamps in an epoch. There is one record of an epoch, for good: it is written by compare-and-set before
 * any server is told.
 *
 * @param epoch counts, from 1
 * @param startAbove all timestamps of the epoch are greater
 * @param members the servers; none: leaders use their own clocks
 */
public record TimestampRecord(long epoch, long startAbove, List<Member> members) {

    public TimestampRecord {
        members = members == null ? List.of() : List.copyOf(members);
    }

    /**
     * A server that gives timestamps.
     *
     * @param server its name
     * @param volume its data directory, 32 hexadecimal digits: with another one it is another member
     * @param address host:port
     */
    public record Member(String server, String volume, String address) {}

    /** The record of what a server says that it was told. */
    static TimestampRecord ofWire(TimestampGroup wire) {
        return new TimestampRecord(
                wire.getEpoch(),
                wire.getStartAbove(),
                wire.getMembersList().stream()
                        .map(member ->
                                new Member(member.getServer(), Uids.format(member.getVolume()), member.getAddress()))
                        .toList());
    }

    /** As servers are told. */
    public TimestampGroup toWire() {
        TimestampGroup.Builder wire =
                TimestampGroup.newBuilder().setEpoch(epoch).setStartAbove(startAbove);
        members.forEach(member -> wire.addMembers(TimestampMember.newBuilder()
                .setServer(member.server())
                .setVolume(Uids.parse(member.volume()))
                .setAddress(member.address())));
        return wire.build();
    }

    /**
     * So many sealed members let no timestamp of the epoch be concluded any more, and one of them has reached every one
     * that was.
     */
    int sealsNeeded() {
        return members.size() - members.size() / 2;
    }
}
