package io.shardeddb.local.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shardeddb.local.http.Request;
import io.shardeddb.local.tree.Tree;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Questions about permissions. Anyone who calls without a service account's token may do everything. */
final class Reviews {
    private Reviews() {}

    static @Nullable ObjectNode answer(String resource, Request request, Rights rights) {
        if (!request.method().equals("POST")) {
            return null;
        }
        ObjectNode status = Tree.object();
        switch (resource) {
            case "selfsubjectaccessreviews" -> status.put("allowed", true);
            case "selfsubjectrulesreviews" -> {
                ObjectNode rule = status.putArray("resourceRules").addObject();
                rule.putArray("verbs").add("*");
                rule.putArray("apiGroups").add("*");
                rule.putArray("resources").add("*");
                status.putArray("nonResourceRules");
                status.put("incomplete", false);
            }
            case "selfsubjectreviews" ->
                status.putObject("userInfo")
                        .put("username", java.util.Objects.requireNonNullElse(Rights.caller(request), "local"));
            default -> {
                return null;
            }
        }
        if (request.headers().getOrDefault("content-type", "").contains("protobuf")) {
            // The answer depends on nothing that was asked.
            ObjectNode review = Tree.object();
            review.put("kind", kindOf(resource));
            review.put("apiVersion", request.path().split("/", -1)[2] + "/v1");
            review.set("status", status);
            return review;
        }
        try {
            if (Tree.parse(request.body()) instanceof ObjectNode review) {
                if (resource.equals("selfsubjectaccessreviews")) {
                    status.put("allowed", rights.allowsReview(request, review));
                }
                review.set("status", status);
                return review;
            }
        } catch (IOException e) {
            throw ApiException.badRequest("the body is not JSON: " + e.getMessage());
        }
        throw ApiException.badRequest("the body is not an object");
    }

    private static String kindOf(String resource) {
        return switch (resource) {
            case "selfsubjectaccessreviews" -> "SelfSubjectAccessReview";
            case "selfsubjectrulesreviews" -> "SelfSubjectRulesReview";
            default -> "SelfSubjectReview";
        };
    }
}
