package io.shardeddb.systemtests.documents;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shardeddb.systemtests.documents.Exchange.Answered;
import io.shardeddb.testsupport.documents.RequestJson;
import io.shardeddb.testsupport.documents.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers as values of the model, and what must be equal. */
final class Comparing {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Comparing() {}

    /** A member that must be there. */
    static Object member(Map<String, Object> document, String name) {
        Object value = document.get(name);
        if (value == null) {
            throw new AssertionError("no member " + name + ": " + RequestJson.of(document));
        }
        return value;
    }

    static Object value(JsonNode node) {
        try {
            return Values.of(JSON.treeToValue(node, Object.class));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Object> values(JsonNode array) {
        List<Object> values = new ArrayList<>();
        array.forEach(each -> values.add(value(each)));
        return values;
    }

    static void is(Answered answer, int status) {
        if (answer.status() != status) {
            throw new AssertionError("not " + status + " but " + answer.status() + " " + answer.text());
        }
    }

    static void refused(Answered answer, int status, String code) {
        is(answer, status);
        if (!answer.code().equals(code)) {
            throw new AssertionError("not " + code + " but " + answer.text());
        }
    }

    static void equal(int told, int is, String what) {
        equal((Object) (long) told, (long) is, what);
    }

    static void equal(Object told, Object is, String what) {
        if (!Values.same(told, is)) {
            throw new AssertionError(
                    "%s must be %s and is %s".formatted(what, RequestJson.of(told), RequestJson.of(is)));
        }
    }
}
