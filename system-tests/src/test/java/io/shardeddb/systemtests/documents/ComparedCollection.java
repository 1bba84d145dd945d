package io.shardeddb.systemtests.documents;

import static io.shardeddb.systemtests.documents.Comparing.equal;
import static io.shardeddb.systemtests.documents.Comparing.is;
import static io.shardeddb.systemtests.documents.Comparing.member;
import static io.shardeddb.systemtests.documents.Comparing.refused;
import static io.shardeddb.systemtests.documents.Comparing.value;
import static io.shardeddb.systemtests.documents.DrawnDocuments.ID;

import com.fasterxml.jackson.databind.JsonNode;
import io.shardeddb.cli.rows.RouterClient;
import io.shardeddb.systemtests.documents.Exchange.Answered;
import io.shardeddb.testsupport.documents.CollectionModel;
import io.shardeddb.testsupport.documents.PipelineModel;
import io.shardeddb.testsupport.documents.ProjectionModel;
import io.shardeddb.testsupport.documents.RequestGenerator;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.Values;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * The only client of a collection. It draws requests from a seed, and compares each answer with what a model in memory
 * answers.
 */
final class ComparedCollection extends ComparedClient {

    private static final int MOST_DOCUMENTS = 30;
    private static final int MOST_CHARACTERS = 2_000;
    private static final int CHECKED_EVERY = 25;
    private static final int REPEATED_ONE_OF = 8;
    private static final String FILTER = "filter";
    private static final String DOCUMENTS = "documents";

    private final String path;
    private final RequestGenerator draw;
    private final DrawnDocuments drawn;
    private final CollectionModel model = new CollectionModel();
    private boolean inserted;
    private boolean doubtful;

    /**
     * Sends nothing yet.
     *
     * @param keyed whether the collection has the shard key {@code s}
     * @param differences hears of the first difference
     */
    ComparedCollection(RouterClient router, String collection, boolean keyed, long seed, Consumer<String> differences) {
        super(router, collection + ", seed " + seed, differences);
        this.path = "/v1/collections/" + collection;
        this.draw = new RequestGenerator(seed);
        this.drawn = new DrawnDocuments(draw, keyed);
    }

    @Override
    protected void step() throws InterruptedException {
        draw();
        if (doubtful || steps() % CHECKED_EVERY == 0) {
            compareAll();
        }
        keepSmall();
    }

    private void draw() throws InterruptedException {
        // The first document makes the collection, where it is not declared.
        if (!inserted) {
            insert();
            return;
        }
        switch (draw.below(16)) {
            case 0, 1, 2 -> insert();
            case 3 -> put();
            case 4 -> remove(drawn.id());
            case 5 -> get();
            case 6, 7, 8 -> update(true);
            case 9 -> update(false);
            case 10 -> upsert();
            case 11 -> delete(drawn.filter(), draw.below(2) == 0);
            case 12 -> count();
            case 13 -> distinct();
            case 14 -> aggregate();
            default -> find();
        }
    }

    private static Map<String, Object> body(Object... members) {
        Map<String, Object> body = new LinkedHashMap<>();
        for (int i = 0; i < members.length; i += 2) {
            body.put((String) members[i], members[i + 1]);
        }
        return body;
    }

    private void insert() throws InterruptedException {
        List<Map<String, Object>> documents = new ArrayList<>();
        Set<Object> ids = new HashSet<>();
        boolean twice = false;
        for (int i = inserted ? draw.below(3) : 0; i >= 0; i--) {
            Object id = drawn.id();
            Map<String, Object> document = drawn.document(id);
            if (draw.below(8) == 0) {
                document.remove(ID);
            } else {
                twice |= !ids.add(id) || stored(id).isPresent();
            }
            documents.add(document);
        }
        Answered answer = exchange.write("POST", path, documents.size() == 1 ? documents.getFirst() : documents);
        if (twice) {
            refused(answer, 409, "DUPLICATE_KEY");
            return;
        }
        is(answer, 201);
        inserted = true;
        List<Object> given = Comparing.values(answer.body().path("ids"));
        for (int i = 0; i < documents.size(); i++) {
            documents.get(i).putIfAbsent(ID, given.get(i));
            equal(member(documents.get(i), ID), given.get(i), "the id");
            model.put(documents.get(i));
        }
        repeat(answer);
    }

    private void put() throws InterruptedException {
        Object id = drawn.id();
        Map<String, Object> document = drawn.document(id);
        Answered answer = exchange.write("PUT", path + "/" + id, document);
        is(answer, 200);
        model.put(document);
        repeat(answer);
    }

    private void remove(Object id) throws InterruptedException {
        Answered answer = exchange.write("DELETE", path + "/" + id, Map.of());
        if (stored(id).isEmpty()) {
            refused(answer, 404, "DOCUMENT_NOT_FOUND");
            return;
        }
        is(answer, 200);
        model.delete(body(ID, id));
        repeat(answer);
    }

    private void get() throws InterruptedException {
        Object id = drawn.id();
        Answered answer = exchange.read("GET", path + "/" + id, Map.of());
        Optional<Map<String, Object>> stored = stored(id);
        if (stored.isEmpty()) {
            refused(answer, 404, "DOCUMENT_NOT_FOUND");
        } else {
            is(answer, 200);
            equal(stored.get(), value(answer.body()), "the document");
        }
    }

    private void update(boolean many) throws InterruptedException {
        Map<String, Object> update = drawn.update();
        Map<String, Object> filter = drawn.filter();
        boolean all = many && !DrawnDocuments.replaces(update);
        Answered answer = exchange.write("POST", path + "/update", body(FILTER, filter, "update", update, "many", all));
        changed(answer, update, meant(filter).limit(all ? Long.MAX_VALUE : 1).toList());
    }

    private void upsert() throws InterruptedException {
        Map<String, Object> update = drawn.update();
        if (DrawnDocuments.replaces(update)) {
            return;
        }
        Object id = drawn.id();
        Map<String, Object> filter = drawn.only(id);
        Answered answer =
                exchange.write("POST", path + "/update", body(FILTER, filter, "update", update, "upsert", true));
        List<Map<String, Object>> meant = meant(filter).toList();
        if (!meant.isEmpty() || DrawnDocuments.isInvalid(update)) {
            changed(answer, update, meant);
            return;
        }
        Optional<Map<String, Object>> made = drawn.after(update, filter, true);
        if (made.isEmpty()) {
            refused(answer, 409, "UPDATE_FAILED");
            return;
        }
        is(answer, 200);
        model.put(made.get());
        equal(id, value(answer.body().path("upsertedId")), "upsertedId");
        repeat(answer);
    }

    /** Documents are changed one after the other in the order of their keys, until one cannot be. */
    private void changed(Answered answer, Map<String, Object> update, List<Map<String, Object>> meant)
            throws InterruptedException {
        if (DrawnDocuments.isInvalid(update)) {
            refused(answer, 400, "INVALID_UPDATE");
            return;
        }
        int modified = 0;
        for (Map<String, Object> before : meant) {
            Optional<Map<String, Object>> after = drawn.after(update, before, false);
            if (after.isEmpty()) {
                refused(answer, 409, "UPDATE_FAILED");
                repeat(answer);
                return;
            }
            if (!Values.identical(before, after.get())) {
                modified++;
                model.put(after.get());
            }
        }
        is(answer, 200);
        if (!answer.sentAgain()) {
            equal(meant.size(), answer.body().path("matched").asInt(), "matched");
            equal(modified, answer.body().path("modified").asInt(), "modified");
        }
        repeat(answer);
    }

    private void delete(Map<String, Object> filter, boolean many) throws InterruptedException {
        Answered answer = exchange.write("POST", path + "/delete", body(FILTER, filter, "many", many));
        is(answer, 200);
        List<Map<String, Object>> meant =
                meant(filter).limit(many ? Long.MAX_VALUE : 1).toList();
        meant.forEach(each -> model.delete(body(ID, member(each, ID))));
        if (!answer.sentAgain()) {
            equal(meant.size(), answer.body().path("deleted").asInt(), "deleted");
        }
        repeat(answer);
    }

    private void count() throws InterruptedException {
        Map<String, Object> filter = drawn.filter();
        Answered answer = exchange.read("POST", path + "/count", body(FILTER, filter));
        is(answer, 200);
        equal(model.find(filter).size(), answer.body().path("count").asInt(), "count");
    }

    private void distinct() throws InterruptedException {
        Map<String, Object> filter = drawn.filter();
        String at = draw.path();
        Answered answer = exchange.read("POST", path + "/distinct", body("path", at, FILTER, filter));
        is(answer, 200);
        equal(model.distinct(at, filter), Comparing.values(answer.body().path("values")), "values");
    }

    private void aggregate() throws InterruptedException {
        List<Map<String, Object>> pipeline = draw.pipeline();
        Answered answer = exchange.read("POST", path + "/aggregate", body("pipeline", pipeline));
        is(answer, 200);
        equal(
                inOrder(PipelineModel.run(pipeline, model.all())),
                inOrder(Comparing.values(answer.body().path(DOCUMENTS))),
                DOCUMENTS);
    }

    private static List<Object> inOrder(List<?> documents) {
        return new ArrayList<>(documents.stream().sorted(Values::compare).toList());
    }

    /** Page after page. */
    private void find() throws InterruptedException {
        Map<String, Object> filter = drawn.filter();
        Map<String, Object> sort = draw.below(2) == 0 ? draw.sort() : body(ID, draw.below(2) == 0 ? 1L : -1L);
        Map<String, Object> projection = draw.below(2) == 0 ? draw.projection() : Map.of();
        int skip = draw.below(4);
        int limit = 1 + draw.below(8);
        Map<String, Object> body = body(FILTER, filter, "sort", sort, "skip", skip, "limit", limit);
        if (!projection.isEmpty()) {
            body.put("projection", projection);
        }
        List<Object> found = new ArrayList<>();
        JsonNode cursor;
        do {
            Answered answer = exchange.read("POST", path + "/find", body);
            is(answer, 200);
            List<Object> page = Comparing.values(answer.body().path(DOCUMENTS));
            found.addAll(page);
            cursor = answer.body().path("cursor");
            if (page.size() > limit || (page.isEmpty() && !cursor.isMissingNode())) {
                throw new AssertionError("a page of " + page.size() + ", " + answer.text());
            }
            body.put("cursor", cursor.asText());
        } while (!cursor.isMissingNode());
        List<Object> told = new ArrayList<>(model.find(filter, sort).stream()
                .skip(skip)
                .map(each -> projection.isEmpty() ? each : ProjectionModel.project(projection, each))
                .toList());
        equal(told, found, DOCUMENTS);
    }

    /** Now and then a write comes once more, under its id: the answer is of the same kind, and nothing is changed. */
    private void repeat(Answered answer) throws InterruptedException {
        doubtful |= answer.sentAgain();
        if (draw.below(REPEATED_ONE_OF) == 0) {
            Answered second = exchange.repeat();
            equal(answer.status(), second.status(), "the status of a repeat, " + second.text() + ",");
            doubtful = true;
        }
    }

    private void compareAll() throws InterruptedException {
        String before = exchange.last();
        Answered answer = exchange.read("POST", path + "/find", body("sort", body(ID, 1L), "limit", 1_000));
        is(answer, 200);
        equal(
                new ArrayList<Object>(model.all()),
                Comparing.values(answer.body().path(DOCUMENTS)),
                "what is stored after " + before);
        doubtful = false;
    }

    private void keepSmall() throws InterruptedException {
        for (Map<String, Object> each : model.all()) {
            if (RequestJson.of(each).length() > MOST_CHARACTERS) {
                remove(member(each, ID));
            }
        }
        if (model.all().size() > MOST_DOCUMENTS) {
            List<Object> half = model.all().stream()
                    .limit(MOST_DOCUMENTS / 2)
                    .map(each -> member(each, ID))
                    .toList();
            delete(body(ID, Map.of("$in", half)), true);
        }
    }

    private Stream<Map<String, Object>> meant(Map<String, Object> filter) {
        return model.find(filter).stream().sorted(drawn.keyOrder());
    }

    private Optional<Map<String, Object>> stored(Object id) {
        return model.find(body(ID, id)).stream().findFirst();
    }
}
