package io.shardeddb.architecture.english;

import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Makes Markdown of a comment in Java, so that both are read in the same way. */
final class Javadoc {

    private static final Pattern EXAMPLE = Pattern.compile("(?s)<pre>.*?</pre>|\\{@snippet.*?\\n\\s*}");
    private static final Pattern LINK_WITH_WORDS =
            Pattern.compile("\\{@link(?:plain)?\\s+[^\\s{}]+(?:\\([^)]*\\))?\\s+([^{}]+)}");
    private static final Pattern CODE =
            Pattern.compile("\\{@(?:code|link|linkplain|literal|value)\\s*((?:[^{}]|\\{(?:[^{}]|\\{[^{}]*})*})*)}");
    private static final Pattern SEE = Pattern.compile("(?m)^@(?:see|since|author)\\b.*$");
    private static final Pattern PARAMETER = Pattern.compile("(?m)^@(?:param|throws|exception)\\s+\\S+[ \\t]*");
    private static final Pattern RETURN = Pattern.compile("(?m)^@return[ \\t]*|\\{@return\\s+");
    private static final Pattern TAG = Pattern.compile("</?(?:p|ul|ol|b|i|em|strong|table|tr|td|th|h\\d|dl|dt|dd)>");

    private Javadoc() {}

    /** As many lines as the comment has: a tag begins an item of a list, and names of code are code. */
    static List<String> markdown(List<String> comment) {
        String text = String.join("\n", comment);
        text = EXAMPLE.matcher(text).replaceAll(example -> lineEnds(example.group()));
        text = LINK_WITH_WORDS.matcher(text).replaceAll("$1");
        text = CODE.matcher(text).replaceAll(Javadoc::code);
        text = SEE.matcher(text).replaceAll("");
        text = PARAMETER.matcher(text).replaceAll("- ");
        text = RETURN.matcher(text).replaceAll("- ");
        text = text.replace("<li>", "- ").replace("</li>", "");
        text = TAG.matcher(text).replaceAll("");
        return Arrays.stream(text.split("\n", -1)).map(String::strip).toList();
    }

    private static String code(MatchResult code) {
        String words = code.group(1).replaceAll("\\s+", " ").replace('`', '\'').strip();
        return Matcher.quoteReplacement("`" + words + "`" + lineEnds(code.group()));
    }

    private static String lineEnds(String text) {
        return "\n".repeat((int) text.chars().filter(c -> c == '\n').count());
    }
}
