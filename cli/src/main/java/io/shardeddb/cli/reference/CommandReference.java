package io.shardeddb.cli.reference;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** Writes docs/commands.md from the commands' own descriptions. */
public final class CommandReference {

    private CommandReference() {}

    /** The page for a root command and all its commands. */
    public static String of(CommandLine root) {
        StringBuilder page = new StringBuilder("""
                # Commands

                This page is made from the commands themselves; `CommandReferenceTest` says how. What they have in
                common is in [command-line.md](command-line.md).

                """);
        root.getSubcommands().forEach((name, command) -> {
            if (!name.equals("help")) {
                section(page, "##", "sdb " + name, command);
            }
        });
        return page.toString().stripTrailing() + "\n";
    }

    private static void section(StringBuilder page, String level, String name, CommandLine command) {
        CommandSpec spec = command.getCommandSpec();
        page.append(level).append(" ").append(name).append("\n\n```\n");
        page.append(text(spec.usageMessage().description())).append("\n");
        List<PositionalParamSpec> words = spec.positionalParameters();
        List<OptionSpec> options = spec.options().stream()
                .filter(option -> !option.usageHelp() && !option.versionHelp() && !option.hidden())
                .sorted((first, second) -> first.longestName().compareTo(second.longestName()))
                .toList();
        words.forEach(word -> line(page, word.paramLabel(), word));
        options.forEach(option -> {
            String names = String.join(", ", option.names());
            line(page, option.arity().max() == 0 ? names : names + " " + option.paramLabel(), option);
        });
        String footer = text(spec.usageMessage().footer()).strip();
        if (!footer.isEmpty()) {
            page.append("\n").append(footer).append("\n");
        }
        page.append("```\n\n");
        command.getSubcommands()
                .forEach((inner, subcommand) -> section(page, level + "#", name + " " + inner, subcommand));
    }

    private static void line(StringBuilder page, String what, ArgSpec argument) {
        String description = String.join(" ", argument.description()).replaceAll("\\s+", " ");
        String fallback = String.valueOf(argument.defaultValueString(true));
        page.append(String.format(Locale.ROOT, "  %-28s %s", what, description.replace("${DEFAULT-VALUE}", fallback))
                        .stripTrailing())
                .append("\n");
    }

    private static String text(String... lines) {
        return Stream.of(lines)
                .map(line -> line.replace("%n", "\n").replace("%%", "%"))
                .collect(Collectors.joining("\n"));
    }
}
