package io.shardeddb.crds.collections;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A collection of documents. Its table has a shape of its own, so nothing else can be said of it.
 *
 * @param name its name, which is its table's
 * @param shardKey path in a document whose value decides the shard, for example {@code customer.id}; absent: the
 *     document's {@code _id} does
 * @param indexes secondary indexes, in any order: it means nothing
 */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
public record CollectionSpec(
        @JsonPropertyDescription(
                "Name: a letter or underscore, then letters, digits, underscores or dollar signs; 56 characters at"
                        + " most.")
        @Required
        @Pattern("^[A-Za-z_][A-Za-z0-9_$]{0,55}$")
        String name,

        @JsonPropertyDescription(
                "Path in a document whose value decides the shard, for example customer.id. Absent: the document's _id"
                        + " does. Cannot change once set.")
        @Size(min = 1, max = CollectionSpec.LONGEST_PATH)
        @Pattern(CollectionSpec.PATH)
        @ValidationRule(
                value = "self != '_id' && !self.startsWith('_id.')",
                message = "leave shardKey out where _id decides the shard")
        @Nullable
        String shardKey,

        @JsonPropertyDescription(
                "Secondary indexes, none of them unique. One that is added to a collection which is there reads and"
                        + " writes all of it, which has to be allowed by name.")
        @Size(max = CollectionIndexSpec.MOST)
        List<CollectionIndexSpec> indexes) {

    public CollectionSpec {
        indexes = indexes == null ? List.of() : List.copyOf(indexes);
    }

    /** A collection without secondary indexes. */
    public CollectionSpec(String name, @Nullable String shardKey) {
        this(name, shardKey, List.of());
    }

    /** Characters of a path. */
    public static final int LONGEST_PATH = 255;

    /** Names with a dot between each two. None is empty, begins with a dollar sign, or has a control character. */
    public static final String PATH = "^[^.$\\x00-\\x1f][^.\\x00-\\x1f]*([.][^.$\\x00-\\x1f][^.\\x00-\\x1f]*)*$";
}
