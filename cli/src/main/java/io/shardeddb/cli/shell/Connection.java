package io.shardeddb.cli.shell;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The options of the shell that its commands take over: which database is meant, and how it is reached. Pure.
 *
 * @param options values by the option's longest name, in the order in which they are added
 */
record Connection(Map<String, String> options) {

    private static final List<String> TAKEN_OVER = List.of(
            "--home", "--kubeconfig", "--context", "--namespace", "--database", "--endpoint", "--timeout", "--profile");

    Connection {
        options = new LinkedHashMap<>(options);
    }

    /** What was given to a command that was parsed. */
    static Connection of(CommandSpec command) {
        Map<String, String> given = new LinkedHashMap<>();
        for (String name : TAKEN_OVER) {
            OptionSpec option = command.commandLine().getParseResult().matchedOption(name);
            if (option != null) {
                given.put(name, String.valueOf(option.<Object>getValue()));
            }
        }
        return new Connection(given);
    }

    /** This with another option. */
    Connection with(String name, String value) {
        Map<String, String> changed = new LinkedHashMap<>(options);
        changed.put(name, value);
        return new Connection(changed);
    }

    /**
     * The words of a command with what it takes over. A command that names a database or a cluster itself takes over
     * nothing that says which one is meant.
     */
    List<String> completed(List<String> words, CommandSpec root) {
        CommandPath path = CommandPath.of(words, root);
        CommandSpec command = path.command();
        int at = path.length();
        List<String> given = names(words.subList(at, words.size()), command);
        boolean elsewhere = given.stream().anyMatch(name -> TAKEN_OVER.contains(name) && !name.equals("--timeout"));
        List<String> all = new ArrayList<>(words.subList(0, at));
        for (Map.Entry<String, String> option : options.entrySet()) {
            String name = option.getKey();
            boolean which = !name.equals("--timeout");
            if (command.findOption(name) != null && !given.contains(name) && !(elsewhere && which)) {
                // In front, because what follows "--" are no options.
                all.add(name + "=" + option.getValue());
            }
        }
        all.addAll(words.subList(at, words.size()));
        return all;
    }

    private static List<String> names(List<String> words, CommandSpec command) {
        List<String> names = new ArrayList<>();
        for (String word : words) {
            OptionSpec option = word.startsWith("-") ? command.findOption(word.split("=", 2)[0]) : null;
            if (option == null && word.startsWith("-") && !word.startsWith("--") && word.length() > 2) {
                // A short option with its value in one word.
                option = command.findOption(word.substring(0, 2));
            }
            if (option != null) {
                names.add(option.longestName());
            }
        }
        return names;
    }
}
