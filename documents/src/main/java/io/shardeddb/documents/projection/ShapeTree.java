package io.shardeddb.documents.projection;

import io.shardeddb.documents.place.Spot;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Shapes by their paths, while a projection is read. No path may lead through another one's end. */
final class ShapeTree {

    private final SortedMap<String, ShapeTree> members = new TreeMap<>();
    private @Nullable Shape shape;

    void put(List<String> names, Shape leaf, Spot place) {
        ShapeTree at = this;
        for (String name : names) {
            if (at.shape != null) {
                throw collision(names, place);
            }
            at = at.members.computeIfAbsent(name, _ -> new ShapeTree());
        }
        if (at.shape != null || !at.members.isEmpty()) {
            throw collision(names, place);
        }
        at.shape = leaf;
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    boolean isEmpty() {
        return members.isEmpty();
    }

    Shape.Inner shape(boolean others) {
        SortedMap<String, Shape> shapes = new TreeMap<>();
        boolean makes = false;
        for (var member : members.entrySet()) {
            ShapeTree tree = member.getValue();
            Shape inner = tree.shape != null ? tree.shape : tree.shape(others);
            makes |= inner.makes();
            shapes.put(member.getKey(), inner);
        }
        return new Shape.Inner(shapes, others, makes);
    }

    private static RuntimeException collision(List<String> names, Spot place) {
        return place.error("the path " + Spot.cut(String.join(".", names))
                + " is there twice, or leads through another path of the projection");
    }
}
