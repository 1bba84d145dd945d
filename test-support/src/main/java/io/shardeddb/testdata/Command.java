package io.shardeddb.testdata;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A line of a script: a verb, and arguments {@code name=value}; a name alone says yes. Values with spaces stand in
 * double quotes. An argument that nobody asks for is an error, so that no script says what does not count.
 */
public final class Command {
    private static final Pattern ARGUMENT = Pattern.compile("([A-Za-z0-9-]+)(?:=(?:\"([^\"]*)\"|(\\S*)))?");
    private static final String YES = "yes";

    private final String verb;
    private final Map<String, String> arguments;
    private final Set<String> unused;

    private Command(String verb, Map<String, String> arguments) {
        this.verb = verb;
        this.arguments = arguments;
        this.unused = new TreeSet<>(arguments.keySet());
    }

    static Command of(String line) {
        List<MatchResult> parts = ARGUMENT.matcher(line).results().toList();
        Map<String, String> arguments = new LinkedHashMap<>();
        for (MatchResult part : parts.subList(1, parts.size())) {
            String quoted = part.group(2);
            String plain = part.group(3);
            arguments.put(part.group(1), quoted != null ? quoted : plain != null ? plain : YES);
        }
        return new Command(parts.getFirst().group(1), arguments);
    }

    /** What is to be done. */
    public String verb() {
        return verb;
    }

    /** Whether an argument is there. */
    public boolean has(String name) {
        unused.remove(name);
        return arguments.containsKey(name);
    }

    /** All arguments, in their order: for a verb whose arguments have names of the script's own. */
    public Map<String, String> all() {
        unused.clear();
        return arguments;
    }

    /** An argument, or what it is when it is not there. */
    public String text(String name, String otherwise) {
        unused.remove(name);
        return arguments.getOrDefault(name, otherwise);
    }

    /** An argument that must be there. */
    public String text(String name) {
        if (!has(name)) {
            throw new IllegalArgumentException("no " + name + " is given");
        }
        return text(name, "");
    }

    /** A whole number, or what it is when it is not there. */
    public long number(String name, long otherwise) {
        return has(name) ? Long.parseLong(text(name)) : otherwise;
    }

    /** The same as an int. */
    public int count(String name, int otherwise) {
        return Math.toIntExact(number(name, otherwise));
    }

    /** A decimal, or what it is when it is not there. */
    public double decimal(String name, double otherwise) {
        return has(name) ? Double.parseDouble(text(name)) : otherwise;
    }

    /** A constant by its name in lower case with hyphens, or what it is when it is not there. */
    public <E extends Enum<E>> E constant(String name, E otherwise) {
        return has(name)
                ? Enum.valueOf(
                        otherwise.getDeclaringClass(),
                        text(name).toUpperCase(java.util.Locale.ROOT).replace('-', '_'))
                : otherwise;
    }

    /**
     * A time such as {@code 30ms}, {@code 1.5s}, {@code 2m} or {@code -3us}, in nanoseconds, or what it is when it is
     * not there.
     */
    public long nanos(String name, long otherwise) {
        return has(name) ? nanos(text(name)) : otherwise;
    }

    /** The same for a text. */
    public static long nanos(String text) {
        String unit = text.replaceFirst("^-?[0-9.]+", "");
        long one = switch (unit) {
            case "ns" -> 1;
            case "us" -> TimeUnit.MICROSECONDS.toNanos(1);
            case "ms" -> TimeUnit.MILLISECONDS.toNanos(1);
            case "s" -> TimeUnit.SECONDS.toNanos(1);
            case "m" -> TimeUnit.MINUTES.toNanos(1);
            default -> throw new IllegalArgumentException(text + " is no time; for example 30ms, 1.5s, 2m");
        };
        return Math.round(Double.parseDouble(text.substring(0, text.length() - unit.length())) * one);
    }

    void refuseUnused() {
        if (!unused.isEmpty()) {
            throw new IllegalArgumentException("nobody asks for " + unused);
        }
    }
}
