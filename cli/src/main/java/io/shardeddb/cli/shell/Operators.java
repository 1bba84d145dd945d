package io.shardeddb.cli.shell;

import java.util.List;

/** Names with a dollar sign that may stand at a place of a filter, an update or a pipeline. Pure. */
final class Operators {

    private static final List<String> JOINING = List.of("$and", "$nor", "$or");
    private static final List<String> COMPARING = List.of(
            "$all",
            "$elemMatch",
            "$eq",
            "$exists",
            "$gt",
            "$gte",
            "$in",
            "$lt",
            "$lte",
            "$ne",
            "$nin",
            "$not",
            "$options",
            "$regex",
            "$size",
            "$type");
    private static final List<String> COMPARING_ROWS =
            List.of("$eq", "$gt", "$gte", "$in", "$lt", "$lte", "$ne", "$nin");
    private static final List<String> CHANGING = List.of(
            "$addToSet",
            "$inc",
            "$max",
            "$min",
            "$mul",
            "$pop",
            "$pull",
            "$push",
            "$rename",
            "$set",
            "$setOnInsert",
            "$unset");
    private static final List<String> CHANGING_ROWS = List.of("$inc", "$set", "$unset");
    private static final List<String> STAGES = List.of(
            "$addFields",
            "$count",
            "$group",
            "$limit",
            "$match",
            "$project",
            "$replaceRoot",
            "$replaceWith",
            "$set",
            "$skip",
            "$sort",
            "$sortByCount",
            "$unset",
            "$unwind");
    private static final List<String> ACCUMULATING =
            List.of("$addToSet", "$avg", "$first", "$last", "$max", "$min", "$push", "$sum");

    private Operators() {}

    /** What a piece of JSON is for. */
    enum Use {
        FILTER,
        UPDATE,
        PIPELINE
    }

    /** What may be a member's name: operators, and whether names of the records' members may stand there too. */
    record Names(List<String> operators, boolean members) {}

    /**
     * What may be a member's name below these members.
     *
     * @param rows whether it is about rows of a table
     */
    static Names at(Use use, List<String> path, boolean rows) {
        return switch (use) {
            case FILTER -> filter(path, rows);
            case UPDATE ->
                path.isEmpty()
                        ? new Names(rows ? CHANGING_ROWS : CHANGING, false)
                        : new Names(List.of(), path.size() == 1);
            case PIPELINE -> {
                if (path.isEmpty()) {
                    yield new Names(STAGES, false);
                }
                boolean match = path.getFirst().equals("$match");
                boolean group = path.getFirst().equals("$group") && path.size() > 1;
                yield match
                        ? filter(path.subList(1, path.size()), false)
                        : new Names(group ? ACCUMULATING : List.of(), path.size() == 1);
            }
        };
    }

    private static Names filter(List<String> path, boolean rows) {
        boolean inMember = !path.isEmpty() && !JOINING.contains(path.getLast());
        if (inMember) {
            return new Names(rows ? COMPARING_ROWS : COMPARING, false);
        }
        return new Names(rows ? List.of("$and") : JOINING, true);
    }
}
