package io.shardeddb.local.requests;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Numbers the UUIDs of a conversation in the order of their appearance, so that two runs of it can be compared. */
final class Identities {
    private static final Pattern IDENTITY =
            Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern NUMBER = Pattern.compile("UID-\\d+");

    private final Map<String, String> numbers = new LinkedHashMap<>();
    private final Map<String, String> identities = new LinkedHashMap<>();

    /** The text with numbers in place of identities. */
    synchronized String number(String text) {
        return IDENTITY.matcher(text).replaceAll(found -> numberOf(found.group()));
    }

    private String numberOf(String identity) {
        String known = numbers.get(identity);
        if (known != null) {
            return known;
        }
        String number = "UID-" + (numbers.size() + 1);
        numbers.put(identity, number);
        identities.put(number, identity);
        return number;
    }

    /** The text with this run's identities in place of numbers; what the client made up itself is made up again. */
    synchronized String restore(String text) {
        return NUMBER.matcher(text).replaceAll(found -> {
            String number = found.group();
            if (!identities.containsKey(number)) {
                String own = UUID.randomUUID().toString();
                numbers.put(own, number);
                identities.put(number, own);
            }
            return Matcher.quoteReplacement(String.valueOf(identities.get(number)));
        });
    }
}
