package io.shardeddb.operator.plan;

import io.shardeddb.protocol.wire.Uid;
import java.util.HexFormat;
import java.util.UUID;

/** 128-bit identities between their three forms: the wire's, a resource's uid, and 32 hexadecimal digits. */
public final class Uids {

    private Uids() {}

    /** From a resource's uid. */
    public static Uid ofResource(String uid) {
        UUID uuid = UUID.fromString(uid);
        return Uid.newBuilder()
                .setHigh(uuid.getMostSignificantBits())
                .setLow(uuid.getLeastSignificantBits())
                .build();
    }

    /** From 32 hexadecimal digits. */
    public static Uid parse(String digits) {
        return Uid.newBuilder()
                .setHigh(HexFormat.fromHexDigitsToLong(digits, 0, 16))
                .setLow(HexFormat.fromHexDigitsToLong(digits, 16, 32))
                .build();
    }

    /** As 32 hexadecimal digits. */
    public static String format(Uid uid) {
        return HexFormat.of().toHexDigits(uid.getHigh()) + HexFormat.of().toHexDigits(uid.getLow());
    }
}
