package io.shardeddb.protocol.schema;

import io.shardeddb.protocol.value.Value;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Text to days, times and instants, and their canonical text, which is the one that the databases give back. */
final class Times {

    private static final Pattern DATE = Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})");
    private static final Pattern DATE_TIME = Pattern.compile("([0-9]{4}-[0-9]{2}-[0-9]{2})"
            + "(?:[T ]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?)?(Z|[+-][0-9]{2}:[0-9]{2})?");
    private static final Pattern TIME =
            Pattern.compile("(-?)([0-9]{2,3}):([0-9]{2})(?::([0-9]{2})(?:\\.([0-9]{1,9}))?)?");

    private static final LocalDateTime FIRST_INSTANT = LocalDateTime.of(1970, 1, 1, 0, 0, 1);
    private static final LocalDateTime BEYOND_INSTANTS = LocalDateTime.of(2038, 1, 19, 3, 14, 8);
    private static final long NANOS = 1_000_000_000L;
    private static final long LONGEST_SECONDS = 838 * 3600L + 59 * 60 + 59;

    private Times() {}

    static Value date(String text) {
        return new Value.Text(day(text.strip()).toString());
    }

    private static LocalDate day(String text) {
        Matcher matcher = DATE.matcher(text);
        if (!matcher.matches()) {
            throw InvalidValue.wrongType(text, "a day such as 2026-02-28");
        }
        try {
            LocalDate day = LocalDate.of(number(matcher, 1), number(matcher, 2), number(matcher, 3));
            if (day.getYear() < 1000) {
                throw InvalidValue.outOfRange(text + " is before 1000-01-01");
            }
            return day;
        } catch (DateTimeException ignored) {
            throw InvalidValue.outOfRange(text + " is not a day of the calendar");
        }
    }

    static Value dateTime(String text, boolean instant, int fraction, CoercionMode mode) {
        Matcher matcher = DATE_TIME.matcher(text.strip());
        String zone = matcher.matches() ? matcher.group(6) : null;
        if (!matcher.matches() || (zone != null && (!instant || matcher.group(2) == null))) {
            throw InvalidValue.wrongType(
                    text,
                    instant
                            ? "an instant such as 2026-02-28T12:30:00Z or '2026-02-28 12:30:00' (UTC)"
                            : "a day and time without a zone, such as '2026-02-28 12:30:00'");
        }
        LocalDate day = day(matcher.group(1));
        LocalDateTime time;
        try {
            time = day.atTime(number(matcher, 2), number(matcher, 3), number(matcher, 4));
            if (zone != null) {
                time = time.atOffset(ZoneOffset.of(zone))
                        .withOffsetSameInstant(ZoneOffset.UTC)
                        .toLocalDateTime();
            }
        } catch (DateTimeException ignored) {
            throw InvalidValue.outOfRange(text + " is not a time of a day");
        }
        time = time.plusNanos(nanos(matcher.group(5), fraction, mode));
        if (time.getYear() > 9999) {
            throw InvalidValue.outOfRange(text + " is after the year 9999");
        }
        if (instant && (time.isBefore(FIRST_INSTANT) || !time.isBefore(BEYOND_INSTANTS))) {
            throw InvalidValue.outOfRange(
                    text + " is not within 1970-01-01 00:00:01 to 2038-01-19 03:14:07 UTC, the range of TIMESTAMP");
        }
        return new Value.Text(String.format(
                        Locale.ROOT,
                        "%s %02d:%02d:%02d",
                        time.toLocalDate(),
                        time.getHour(),
                        time.getMinute(),
                        time.getSecond())
                + fractionText(time.getNano(), fraction));
    }

    static Value time(String text, int fraction, CoercionMode mode) {
        Matcher matcher = TIME.matcher(text.strip());
        if (!matcher.matches()) {
            throw InvalidValue.wrongType(text, "a time such as 12:30:00 or -100:00:00");
        }
        int minutes = number(matcher, 3);
        int seconds = number(matcher, 4);
        long nanos = nanos(matcher.group(5), fraction, mode);
        if (minutes > 59 || seconds > 59) {
            throw InvalidValue.outOfRange(text + ": minutes and seconds go to 59");
        }
        long all = number(matcher, 2) * 3600L + minutes * 60L + seconds + nanos / NANOS;
        int rest = (int) (nanos % NANOS);
        if (all > LONGEST_SECONDS || (all == LONGEST_SECONDS && rest > 0)) {
            throw InvalidValue.outOfRange(text + " is not within -838:59:59 to 838:59:59");
        }
        String sign = matcher.group(1).isEmpty() || (all == 0 && rest == 0) ? "" : "-";
        return new Value.Text(sign
                + String.format(Locale.ROOT, "%02d:%02d:%02d", all / 3600, all / 60 % 60, all % 60)
                + fractionText(rest, fraction));
    }

    /** Nanoseconds of a fraction's digits, rounded to the type's; a whole second when they round up to it. */
    private static long nanos(@Nullable String digits, int fraction, CoercionMode mode) {
        if (digits == null) {
            return 0;
        }
        long nanos = Long.parseLong((digits + "00000000").substring(0, 9));
        long unit = 1;
        for (int i = fraction; i < 9; i++) {
            unit *= 10;
        }
        if (nanos % unit != 0 && mode == CoercionMode.STRICT) {
            throw InvalidValue.outOfRange("the second has more than " + fraction + " fraction digits");
        }
        return (nanos + unit / 2) / unit * unit;
    }

    private static String fractionText(int nanos, int fraction) {
        return fraction == 0
                ? ""
                : "." + String.format(Locale.ROOT, "%09d", nanos).substring(0, fraction);
    }

    private static int number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Integer.parseInt(digits);
    }
}
