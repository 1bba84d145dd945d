package io.shardeddb.router.http.direct;

import io.netty.util.AsciiString;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** The value of the Date header, made once a second. */
final class HttpDate {

    /** As RFC 9110 has it: always in English and in GMT. */
    private static final DateTimeFormatter FORM = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
            .withZone(ZoneOffset.UTC);

    private final Clock clock;
    private volatile Made made = new Made(Long.MIN_VALUE, AsciiString.EMPTY_STRING);

    private record Made(long second, AsciiString text) {}

    HttpDate(Clock clock) {
        this.clock = clock;
    }

    AsciiString now() {
        long second = TimeUnit.MILLISECONDS.toSeconds(clock.millis());
        Made last = made;
        if (last.second != second) {
            last = new Made(second, new AsciiString(FORM.format(Instant.ofEpochSecond(second))));
            made = last;
        }
        return last.text;
    }
}
