package io.shardeddb.documents.projection;

import io.shardeddb.documents.expression.Expression;
import io.shardeddb.documents.place.Spot;
import io.shardeddb.documents.value.DocumentValue;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Which parts of a document are given on, and what is computed from it. Immutable. */
public final class Projection {

    /** Gives documents on as they are. */
    public static final Projection EVERYTHING = new Projection(new Shape.Inner(new TreeMap<>(), true, false));

    private final Shape.Inner root;

    Projection(Shape.Inner root) {
        this.root = root;
    }

    /**
     * The projection of a find: paths with 1 or 0, {@code $slice}, {@code $elemMatch}, or expressions. An empty one
     * gives documents on as they are.
     *
     * @throws io.shardeddb.protocol.error.DatabaseException with the place of what is wrong
     */
    public static Projection parse(DocumentValue json, Spot place) {
        return new ProjectionParser(true).parse(json, place);
    }

    /** The projection of a pipeline's {@code $project}: not empty, and all operators are expressions. */
    public static Projection ofStage(DocumentValue json, Spot place) {
        Projection projection = new ProjectionParser(false).parse(json, place);
        if (projection.root.members().isEmpty()) {
            throw place.error("at least one path is needed");
        }
        return projection;
    }

    /** What {@code $addFields} does: sets the values at paths to those of expressions, and leaves the rest. */
    public static Projection adding(DocumentValue json, Spot place) {
        return new ProjectionParser(false).adding(json, place);
    }

    /** What {@code $unset} does: takes the values at paths away. */
    public static Projection without(Map<List<String>, Spot> paths) {
        ShapeTree tree = new ShapeTree();
        paths.forEach((names, place) -> tree.put(names, new Shape.Kept(false), place));
        return new Projection(tree.shape(true));
    }

    /** A document as it is given on. */
    public DocumentValue.ObjectValue apply(DocumentValue.ObjectValue document) {
        if (root.members().isEmpty() && root.others()) {
            return document;
        }
        return root.apply(document, document) instanceof DocumentValue.ObjectValue object
                ? object
                : new DocumentValue.ObjectValue(new TreeMap<>());
    }

    static Shape computed(Expression expression) {
        return new Shape.Computed(expression);
    }
}
