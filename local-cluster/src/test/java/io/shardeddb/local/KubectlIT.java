package io.shardeddb.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API as {@code kubectl} sees it. */
class KubectlIT {
    @TempDir
    static Path home;

    private static @Nullable LocalCluster cluster;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        assumeTrue(installed(), "kubectl is not installed");
        cluster = LocalCluster.start(home, Clusters.settings());
        Path definition = home.resolve("definition.yaml");
        Files.writeString(definition, """
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
                additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec:
                        description: What is wanted.
                        type: object
                        x-kubernetes-validations: [{rule: 'self.size != 13', message: 'thirteen is bad luck'}]
                        properties:
                          size: {type: integer, description: How large it is.}
                      status: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """);
        run("", "apply", "-f", definition.toString()).succeeds("created");
        run("", "wait", "--for=condition=Established", "crd/gadgets.test.io", "--timeout=10s")
                .succeeds("condition met");
    }

    @AfterAll
    static void stop() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static boolean installed() throws InterruptedException {
        try {
            return new ProcessBuilder("kubectl", "version", "--client")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(20, TimeUnit.SECONDS);
        } catch (IOException e) {
            return false;
        }
    }

    private record Result(int code, String output) {
        void succeeds(String... texts) {
            assertThat(output).contains(texts);
            assertThat(code).as(output).isZero();
        }

        void fails(String text) {
            assertThat(output).contains(text);
            assertThat(code).as(output).isNotZero();
        }
    }

    private static Result run(String input, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                "kubectl", "--kubeconfig=" + home.resolve("kubeconfig"), "--cache-dir=" + home.resolve("cache")));
        command.addAll(List.of(arguments));
        Path output = Files.createTempFile(home, "kubectl", ".out");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
        process.getOutputStream().close();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("kubectl hangs: " + command + "\n" + Files.readString(output));
        }
        return new Result(process.exitValue(), Files.readString(output));
    }

    private static String gadget(String name, String spec) {
        return "apiVersion: test.io/v1\nkind: Gadget\nmetadata: {name: " + name + "}\nspec: " + spec + "\n";
    }

    @Test
    void appliesPatchesScalesAndDeletesCustomObjects() throws Exception {
        run(gadget("a", "{size: 3}"), "apply", "-f", "-").succeeds("gadget.test.io/a created");
        run(gadget("a", "{size: 3}"), "apply", "-f", "-").succeeds("unchanged");
        run(gadget("a", "{size: 13}"), "apply", "-f", "-")
                .fails("The Gadget \"a\" is invalid: spec: Invalid value: \"object\": thirteen is bad luck");
        run(gadget("a", "{size: 4, bogus: 1}"), "apply", "-f", "-").fails("unknown field \"spec.bogus\"");
        run(gadget("a", "{size: 5}"), "apply", "--server-side", "-f", "-")
                .fails("conflict with \"kubectl-client-side-apply\"");
        run(gadget("a", "{size: 5}"), "apply", "--server-side", "--force-conflicts", "-f", "-")
                .succeeds("serverside-applied");
        run("", "get", "gd").succeeds("NAME   SIZE", "a      5");
        run("", "scale", "gadget", "a", "--replicas=7").succeeds("scaled");
        run("", "patch", "gd", "a", "--type=merge", "-p", "{\"spec\":{\"size\":8}}")
                .succeeds("patched");
        run(
                        "",
                        "patch",
                        "gd",
                        "a",
                        "--type=json",
                        "-p",
                        "[{\"op\":\"add\",\"path\":\"/metadata/labels\",\"value\":{\"x\":\"y\"}}]")
                .succeeds("patched");
        run("", "get", "gd", "-l", "x=y", "-o", "jsonpath={.items[0].spec.size}")
                .succeeds("8");
        run("", "explain", "gadget.spec").succeeds("What is wanted.", "How large it is.");
        run("", "delete", "gd", "a", "--wait", "--timeout=60s").succeeds("deleted");
        run("", "get", "gd", "a").fails("gadgets.test.io \"a\" not found");
    }

    @Test
    void runsAndRollsADeployment() throws Exception {
        String deployment = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web}
            spec:
              replicas: 1
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 3
                  containers:
                  - name: main
                    image: sh
                    command: [sh, -c, 'echo up; exec sleep 1000']
            """;
        run(deployment, "apply", "-f", "-").succeeds("created");
        run("", "rollout", "status", "deploy/web", "--timeout=90s").succeeds("successfully rolled out");
        run("", "get", "pods", "-o", "wide").succeeds("1/1", "Running", "127.0.");
        run("", "logs", "deploy/web").succeeds("up");
        run("", "describe", "pods").succeeds("Started container main", "Controlled By:  ReplicaSet/web-");
        run("", "set", "image", "deploy/web", "main=sh:2").succeeds("image updated");
        run("", "rollout", "status", "deploy/web", "--timeout=90s").succeeds("successfully rolled out");
        run("", "get", "events").succeeds("ScalingReplicaSet");
        run("", "delete", "deploy", "web", "--cascade=foreground", "--timeout=90s")
                .succeeds("deleted");
        run("", "get", "pods").succeeds("No resources found");
    }

    @Test
    void knowsEveryKindAndNamespace() throws Exception {
        run("", "api-resources").succeeds("statefulsets", "gadgets", "poddisruptionbudgets");
        run("", "version").succeeds("Server Version: v1.32");
        run("apiVersion: v1\nkind: Namespace\nmetadata: {name: foo}\n", "create", "-f", "-")
                .succeeds("created");
        run("", "delete", "ns", "foo", "--timeout=60s").succeeds("deleted");
        run("", "auth", "can-i", "create", "pods").succeeds("yes");
    }
}
