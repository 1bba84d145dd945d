package io.shardeddb.architecture.english;

import io.shardeddb.architecture.source.JavaText;
import io.shardeddb.architecture.source.Sources;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/**
 * Draws sentences of the documents and of the Javadoc of main code at random, for a reader who has not seen the code.
 * {@code .ci/draw-sentences} runs it. The same seed draws the same sentences of the same text.
 */
final class DrawnSentences {

    private static final int DRAWN = 30;
    /** A sentence of fewer words is a label. */
    private static final int WORDS_MIN = 4;

    private DrawnSentences() {}

    /**
     * Prints the sentences, each with where it is.
     *
     * @param arguments the seed, a whole number
     */
    public static void main(String[] arguments) {
        if (arguments.length != 1 || !arguments[0].matches("-?\\d{1,18}")) {
            throw new IllegalArgumentException("one argument is needed: the seed, a whole number");
        }
        draw(all(Sources.ofThisRepository()), Long.parseLong(arguments[0])).forEach(System.out::println);
    }

    /** Thirty of the sentences, or all if there are fewer; what a seed draws depends on the sentences alone. */
    static List<String> draw(List<String> sentences, long seed) {
        List<String> shuffled = new ArrayList<>(sentences);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled.stream().limit(DRAWN).toList();
    }

    private static List<String> all(Sources sources) {
        List<String> all = new ArrayList<>();
        for (Path file : sources.endingIn(".md")) {
            Prose.sentences(sources.lines(file)).forEach(sentence -> add(all, sources.name(file), 0, sentence));
        }
        for (Path file : sources.mainCode()) {
            for (JavaText.Comment comment : JavaText.of(sources.lines(file)).comments()) {
                Prose.sentences(Javadoc.markdown(comment.lines()))
                        .forEach(sentence -> add(all, sources.name(file), comment.line() - 1, sentence));
            }
        }
        return all;
    }

    private static void add(List<String> all, String file, int before, Prose.Sentence sentence) {
        if (sentence.words() >= WORDS_MIN) {
            all.add(file + ":" + (before + sentence.line()) + ": " + sentence.text());
        }
    }
}
