package io.shardeddb.cli.shell;

import io.shardeddb.cli.shell.Operators.Use;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * What can be typed next. Pure.
 *
 * @param begins where in the text that begins which is being typed
 * @param candidates texts for its place; all begin with what is there
 */
record Completion(int begins, List<String> candidates) {

    /** The shell's own commands. */
    static final List<String> OWN = List.of("\\output", "\\pager", "\\q", "\\timing", "\\?");

    private static final Map<String, Use> SECOND_JSON = Map.of("update", Use.UPDATE);

    Completion {
        candidates = List.copyOf(candidates);
    }

    /**
     * What can follow a text.
     *
     * @param root the command whose subcommands are typed
     */
    static Completion of(String text, CommandSpec root, Vocabulary vocabulary) {
        Statement statement = Statement.of(text);
        int begins = statement.lastBegins();
        String token = text.substring(begins);
        List<String> before = begins == text.length()
                ? statement.words()
                : statement.words().subList(0, statement.words().size() - 1);
        CommandPath path = CommandPath.of(before, root);
        CommandSpec command = path.command();
        int at = path.length();
        if (at == before.size() && !command.subcommands().isEmpty() && !token.startsWith("-")) {
            List<String> names = new ArrayList<>(command.subcommands().keySet());
            names.addAll(at == 0 ? OWN : List.of());
            return matching(begins, token, names);
        }
        if (at == 0) {
            return new Completion(begins, List.of());
        }
        List<String> words = before.subList(at, before.size());
        return inCommand(begins, token, command, words, vocabulary);
    }

    private static Completion inCommand(
            int begins, String token, CommandSpec command, List<String> words, Vocabulary vocabulary) {
        String name = target(command, words);
        if (token.startsWith("{") || token.startsWith("[")) {
            return json(begins, token, command.name(), positionals(command, words), name, vocabulary);
        }
        @Nullable OptionSpec valued = words.isEmpty() ? null : command.findOption(words.getLast());
        if (valued != null && valued.arity().max() > 0) {
            return matching(begins, token, values(valued, name, vocabulary));
        }
        if (token.startsWith("-")) {
            return matching(
                    begins,
                    token,
                    command.options().stream()
                            .filter(option -> !option.hidden())
                            .map(OptionSpec::longestName)
                            .toList());
        }
        if (positionals(command, words).isEmpty()) {
            return matching(begins, token, names(command, vocabulary));
        }
        return new Completion(begins, List.of());
    }

    private static Completion json(
            int begins, String json, String command, List<String> positionals, String name, Vocabulary vocabulary) {
        JsonPlace place = JsonPlace.atEndOf(json);
        String token = json.substring(place.tokenBegins());
        int at = begins + place.tokenBegins();
        if (!place.name()) {
            return new Completion(at, List.of());
        }
        Use use = command.equals("aggregate")
                ? Use.PIPELINE
                : positionals.size() > 1 ? SECOND_JSON.getOrDefault(command, Use.FILTER) : Use.FILTER;
        if (command.equals("insert")) {
            return members(at, token, vocabulary.membersOf(name));
        }
        Operators.Names names = Operators.at(use, place.path(), vocabulary.isTable(name));
        List<String> all = new ArrayList<>(names.members() ? vocabulary.membersOf(name) : List.of());
        all.addAll(names.operators());
        return members(at, token, all);
    }

    private static Completion members(int begins, String token, List<String> names) {
        return matching(
                begins, token, names.stream().map(name -> '"' + name + "\":").toList());
    }

    /** The words that are no options and no values of options. */
    private static List<String> positionals(CommandSpec command, List<String> words) {
        List<String> found = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            @Nullable OptionSpec option = command.findOption(words.get(i));
            if (option != null) {
                i += option.arity().max() > 0 ? 1 : 0;
            } else if (!words.get(i).startsWith("-")) {
                found.add(words.get(i));
            }
        }
        return found;
    }

    private static String target(CommandSpec command, List<String> words) {
        List<String> found = positionals(command, words);
        return found.isEmpty() ? "" : found.getFirst();
    }

    private static List<String> names(CommandSpec command, Vocabulary vocabulary) {
        String label = command.positionalParameters().stream()
                .filter(parameter -> parameter.index().min() == 0)
                .map(PositionalParamSpec::paramLabel)
                .findFirst()
                .orElse("");
        List<String> found = new ArrayList<>();
        switch (label) {
            case "TABLE" -> found.addAll(vocabulary.tables());
            case "SPACE" -> found.addAll(vocabulary.spaces());
            case "NAME" -> {
                found.addAll(vocabulary.tables());
                found.addAll(vocabulary.collections());
            }
            default -> values(command, found);
        }
        return found;
    }

    private static void values(CommandSpec command, List<String> found) {
        for (PositionalParamSpec parameter : command.positionalParameters()) {
            if (parameter.index().min() == 0 && parameter.completionCandidates() != null) {
                parameter.completionCandidates().forEach(value -> found.add(lower(value)));
            }
        }
    }

    private static List<String> values(OptionSpec option, String name, Vocabulary vocabulary) {
        return switch (option.longestName()) {
            case "--sort", "--project", "--columns" -> vocabulary.membersOf(name);
            default -> {
                List<String> found = new ArrayList<>();
                if (option.completionCandidates() != null) {
                    option.completionCandidates().forEach(value -> found.add(lower(value)));
                }
                yield found;
            }
        };
    }

    private static String lower(String value) {
        return value.toLowerCase(java.util.Locale.ROOT);
    }

    private static Completion matching(int begins, String token, List<String> all) {
        TreeSet<String> found = new TreeSet<>();
        for (String candidate : all) {
            if (candidate.startsWith(token)) {
                found.add(candidate);
            }
        }
        return new Completion(begins, List.copyOf(found));
    }
}
