package io.shardeddb.local.requests;

import java.io.IOException;

/** What a person does with {@code kubectl}, and what it must print. */
final class Stories {
    static final String GADGETS = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: gadgets.test.io}
            spec:
              group: test.io
              scope: Namespaced
              names: {plural: gadgets, singular: gadget, kind: Gadget, shortNames: [gd]}
              versions:
              - name: v1
                served: true
                storage: true
                subresources:
                  status: {}
                  scale: {specReplicasPath: .spec.size, statusReplicasPath: .status.size}
                additionalPrinterColumns:
                - {name: Size, type: integer, jsonPath: .spec.size}
                - {name: Ready, type: string, jsonPath: '.status.conditions[?(@.type=="Ready")].status'}
                - {name: Note, type: string, jsonPath: .spec.note, priority: 1}
                - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
                schema:
                  openAPIV3Schema:
                    type: object
                    required: [spec]
                    properties:
                      spec:
                        description: What is wanted.
                        type: object
                        required: [size]
                        x-kubernetes-validations: [{rule: 'self.size != 13', message: 'thirteen is bad luck'}]
                        properties:
                          size: {type: integer, minimum: 0, description: How large it is.}
                          colour: {type: string, enum: [red, green], default: red}
                          note: {type: string}
                          parts:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [name]
                            items:
                              type: object
                              required: [name]
                              properties:
                                name: {type: string}
                                weight: {type: integer}
                      status:
                        type: object
                        properties:
                          size: {type: integer}
                          conditions:
                            type: array
                            x-kubernetes-list-type: map
                            x-kubernetes-list-map-keys: [type]
                            items:
                              type: object
                              required: [type]
                              properties:
                                type: {type: string}
                                status: {type: string}
            """;
    private static final String DEPLOYMENT = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, labels: {app: web}}
            spec:
              replicas: 1
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  containers:
                  - {name: main, image: 'web:1', env: [{name: A, value: '1'}]}
                  - {name: side, image: 'side:1'}
            """;

    private final Kubectl kubectl;

    private Stories(Kubectl kubectl) {
        this.kubectl = kubectl;
    }

    static String gadget(String name, String spec) {
        return "apiVersion: test.io/v1\nkind: Gadget\nmetadata: {name: " + name + ", namespace: default}\nspec: " + spec
                + "\n";
    }

    static void all(Kubectl kubectl) throws IOException, InterruptedException {
        Stories stories = new Stories(kubectl);
        stories.define();
        stories.apply();
        stories.applyOnTheServer();
        stories.look();
        stories.change();
        stories.waitAndWatch();
        stories.builtIn();
        stories.remove();
    }

    private void define() throws IOException, InterruptedException {
        kubectl.run("version").prints("Server Version: v1.");
        kubectl.with(GADGETS, "apply", "-f", "-").prints("created");
        kubectl.run("wait", "--for=condition=Established", "crd/gadgets.test.io", "--timeout=10s")
                .prints("condition met");
        kubectl.run("api-resources", "--api-group=test.io").prints("gadgets", "gd");
        kubectl.run("explain", "gadget.spec.size").prints("How large it is.");
    }

    private void apply() throws IOException, InterruptedException {
        kubectl.with(gadget("a", "{size: 3}"), "apply", "-f", "-").prints("created");
        kubectl.with(gadget("a", "{size: 3}"), "apply", "-f", "-").prints("unchanged");
        kubectl.with(gadget("a", "{size: 4, parts: [{name: x, weight: 1}]}"), "apply", "-f", "-")
                .prints("configured");
        kubectl.with(gadget("a", "{size: 5}"), "diff", "-f", "-").fails("-  size: 4", "+  size: 5");
        kubectl.with(gadget("a", "{size: 5}"), "apply", "--dry-run=server", "-f", "-")
                .prints("configured (server dry run)");
        kubectl.with(gadget("a", "{size: 13}"), "apply", "-f", "-")
                .fails("The Gadget \"a\" is invalid: spec: Invalid value: ", "thirteen is bad luck");
        kubectl.with(gadget("a", "{size: -1, colour: blue}"), "apply", "-f", "-")
                .fails("spec.size", "spec.colour: Unsupported value: \"blue\"");
        kubectl.with(gadget("a", "{size: 4, bogus: 1}"), "apply", "-f", "-").fails("unknown field \"spec.bogus\"");
        kubectl.with(gadget("b", "{size: 4, bogus: 1}"), "create", "-f", "-")
                .fails("strict decoding error: unknown field \"spec.bogus\"");
        kubectl.with(gadget("b", "{size: 4, bogus: 1}"), "create", "--validate=warn", "-f", "-")
                .prints("Warning: unknown field \"spec.bogus\"", "created");
        kubectl.with(gadget("b", "{size: 4}"), "create", "-f", "-").fails("already exists");
        kubectl.with(gadget("b", "{size: 6}"), "replace", "-f", "-").prints("replaced");
    }

    private void applyOnTheServer() throws IOException, InterruptedException {
        kubectl.with(gadget("c", "{size: 5}"), "apply", "--server-side", "--field-manager=one", "-f", "-")
                .prints("serverside-applied");
        kubectl.with(gadget("c", "{size: 6}"), "apply", "--server-side", "--field-manager=two", "-f", "-")
                .fails("Apply failed with 1 conflict: conflict with \"one\": .spec.size");
        kubectl.with(
                        gadget("c", "{size: 6, parts: [{name: x}]}"),
                        "apply",
                        "--server-side",
                        "--field-manager=two",
                        "--force-conflicts",
                        "-f",
                        "-")
                .prints("serverside-applied");
        kubectl.with(gadget("c", "{size: 6, bogus: 1}"), "apply", "--server-side", "--field-manager=two", "-f", "-")
                .fails(".spec.bogus: field not declared in schema");
        kubectl.run("get", "gd", "c", "-o", "yaml", "--show-managed-fields").prints("manager: two", "operation: Apply");
        kubectl.with(gadget("c", "{size: 6}"), "apply", "--server-side", "--field-manager=two", "-f", "-")
                .prints("serverside-applied");
        kubectl.run("get", "gd", "c", "-o", "jsonpath={.spec}").prints("\"size\":6");
    }

    private void look() throws IOException, InterruptedException {
        kubectl.run("label", "gd", "a", "tier=one").prints("labeled");
        kubectl.run("annotate", "gd", "a", "note=hello").prints("annotated");
        kubectl.run("get", "gd").prints("NAME   SIZE   READY   AGE");
        kubectl.run("get", "gd", "-o", "wide").prints("NOTE");
        kubectl.run("get", "gd", "-l", "tier=one", "-o", "name").prints("gadget.test.io/a");
        kubectl.run("get", "gd", "--field-selector", "metadata.name=b", "-o", "jsonpath={.items[*].metadata.name}")
                .prints("b");
        kubectl.run("get", "gd", "--chunk-size=2", "-o", "name").prints("gadget.test.io/c");
        kubectl.run("get", "gd", "-A", "--sort-by=.spec.size").prints("NAMESPACE");
        kubectl.run("get", "gd/a", "-o", "json").prints("\"kind\": \"Gadget\"");
        kubectl.run("describe", "gd", "a").prints("Colour:  red", "Events:");
        kubectl.run("get", "gd", "none").fails("gadgets.test.io \"none\" not found");
    }

    private void change() throws IOException, InterruptedException {
        kubectl.run("patch", "gd", "a", "--type=merge", "-p", "{\"spec\":{\"size\":8,\"sise\":9}}")
                .prints("Warning: unknown field \"spec.sise\"", "patched");
        kubectl.run("edit", "gd", "a").prints("edited");
        kubectl.run(
                        "patch",
                        "gd",
                        "a",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"replace\",\"path\":\"/spec/size\",\"value\":7}]")
                .prints("patched");
        kubectl.run("patch", "gd", "a", "-p", "{\"spec\":{\"size\":8}}").fails("is not supported by test.io/v1");
        kubectl.run("scale", "gd", "a", "--replicas=9").prints("scaled");
        kubectl.run("scale", "gd", "a", "--current-replicas=1", "--replicas=9").fails("1");
        kubectl.run(
                        "patch",
                        "gd",
                        "a",
                        "--subresource=status",
                        "--type=merge",
                        "-p",
                        "{\"status\":{\"size\":9,\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]}}")
                .prints("patched");
    }

    private void waitAndWatch() throws IOException, InterruptedException {
        kubectl.run("wait", "--for=condition=Ready", "gd/a", "--timeout=10s").prints("condition met");
        kubectl.run("wait", "--for=jsonpath={.spec.size}=9", "gd/a", "--timeout=10s")
                .prints("condition met");
        kubectl.run("wait", "--for=condition=Ready", "gd/b", "--timeout=1s").fails("timed out");
        kubectl.watching(() -> kubectl.run("label", "gd", "b", "seen=yes").prints("labeled"), "get", "gd", "-w");
        kubectl.watching(
                () -> kubectl.run("delete", "gd", "c", "--wait=false").prints("deleted"),
                "get",
                "gd",
                "--watch-only",
                "--output-watch-events");
    }

    private void builtIn() throws IOException, InterruptedException {
        kubectl.with(DEPLOYMENT, "apply", "-f", "-").prints("created");
        kubectl.run("set", "image", "deployment/web", "main=web:2").prints("image updated");
        kubectl.run("set", "env", "deployment/web", "-c", "main", "B=2").prints("updated");
        kubectl.with(DEPLOYMENT.replace("web:1", "web:3"), "apply", "-f", "-").prints("configured");
        kubectl.run("get", "deployment", "web", "-o", "jsonpath={.spec.template.spec.containers[*].image}")
                .prints("web:3 side:1");
        kubectl.run("rollout", "restart", "deployment/web").prints("restarted");
        kubectl.run("scale", "deployment/web", "--replicas=0").prints("scaled");
        kubectl.run("get", "deployments,gd").prints("deployment.apps/web", "gadget.test.io/a");
        kubectl.with(DEPLOYMENT.replace("replicas: 1", "replicaz: 1"), "apply", "-f", "-")
                .fails("unknown field \"spec.replicaz\"");
        kubectl.run("get", "events").prints("No resources found");
        kubectl.run("auth", "can-i", "delete", "gadgets").prints("yes");
        kubectl.run("create", "namespace", "spare").prints("created");
        kubectl.run("create", "configmap", "settings", "--from-literal=a=1").prints("created");
        kubectl.run("create", "secret", "generic", "key", "--from-literal=k=v").prints("created");
        kubectl.run("create", "serviceaccount", "robot").prints("created");
        kubectl.run("create", "role", "reader", "--verb=get,list", "--resource=pods")
                .prints("created");
        kubectl.run("create", "rolebinding", "reads", "--role=reader", "--serviceaccount=default:robot")
                .prints("created");
        kubectl.run("get", "rolebinding", "reads", "-o", "jsonpath={.roleRef.name} {.subjects[0].name}")
                .prints("reader robot");
        kubectl.run("get", "secret", "key", "-o", "jsonpath={.data.k}").prints("dg==");
        kubectl.run("get", "cm,secrets").prints("settings", "Opaque");
    }

    private void remove() throws IOException, InterruptedException {
        kubectl.run("delete", "gd", "a", "--dry-run=server").prints("server dry run");
        kubectl.run("patch", "gd", "a", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":[\"test.io/hold\"]}}")
                .prints("patched");
        kubectl.run("delete", "gd", "a", "--wait=false").prints("deleted");
        kubectl.run("patch", "gd", "a", "--type=merge", "-p", "{\"metadata\":{\"finalizers\":null}}")
                .prints("patched");
        kubectl.run("delete", "gd", "a", "--ignore-not-found").prints("");
        kubectl.run("delete", "gd", "--all", "--timeout=20s").prints("deleted");
        kubectl.run("delete", "deployment", "web", "--cascade=background", "--timeout=20s")
                .prints("deleted");
        kubectl.run("delete", "deployment", "web").fails("not found");
    }
}
