package io.shardeddb.crds.collections;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;

/**
 * A secondary index of a collection. It is never unique: two documents that are equal at its path may lie on two
 * shards.
 *
 * @param name its name, once in its collection
 * @param path in a document: the index is of the values there
 */
@JsonIgnoreProperties(ignoreUnknown = true)
public record CollectionIndexSpec(
        @JsonPropertyDescription("Name: a letter or underscore, then letters, digits, underscores or dollar signs.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_$]{0,47}$")
        String name,

        @JsonPropertyDescription(
                "Path in a document, for example customer.city: the index is of the values there. None of its names is"
                        + " a number, or has quotes or backslashes.")
        @Required
        @Size(min = 1, max = CollectionSpec.LONGEST_PATH)
        @Pattern(CollectionIndexSpec.PATH)
        String path) {

    /** Indexes of a collection: each costs every write a share. */
    public static final int MOST = 16;

    /** Characters of an index's name. */
    public static final int LONGEST_NAME = 48;

    /** A path of names, none of which is a number: a number would name an element or a member. */
    public static final String PATH = "^[^.$'\"`\\\\\\x00-\\x1f][^.'\"`\\\\\\x00-\\x1f]*"
            + "([.][^.$'\"`\\\\\\x00-\\x1f][^.'\"`\\\\\\x00-\\x1f]*)*$";
}
