package io.shardeddb.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.Set;

/**
 * What runs in the simulator takes time, threads and chance from {@code server.runtime.Surroundings}, and from nobody
 * else.
 */
@AnalyzeClasses(
        packages = {"io.shardeddb.server", "io.shardeddb.operator.plan"},
        importOptions = OurMainClasses.class)
final class SurroundingsTest {
    private static final Set<String> THE_MACHINES = Set.of(
            "java.lang.System.nanoTime",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.identityHashCode",
            "java.lang.Math.random",
            "java.time.Instant.now",
            "java.time.InstantSource.system",
            "java.util.UUID.randomUUID",
            // These block a thread, or end by a clock of the JVM's own.
            "java.util.concurrent.CompletableFuture.get",
            "java.util.concurrent.CompletableFuture.join",
            "java.util.concurrent.CompletableFuture.orTimeout",
            "java.util.concurrent.CompletableFuture.completeOnTimeout",
            "java.util.concurrent.CompletableFuture.delayedExecutor");

    private static final Set<String> CLOSED = Set.of(
            "java.lang.Thread",
            "java.util.Random",
            "java.util.SplittableRandom",
            "java.util.Timer",
            "java.security.SecureRandom",
            "java.util.concurrent.Executors",
            "java.util.concurrent.ThreadLocalRandom",
            "java.util.concurrent.CountDownLatch",
            "java.util.concurrent.ForkJoinPool",
            "java.util.concurrent.ThreadPoolExecutor",
            "java.util.concurrent.ScheduledThreadPoolExecutor",
            "java.util.concurrent.locks.Condition",
            "java.util.concurrent.locks.LockSupport");

    @ArchTest
    static final ArchRule groupsAndLogAskTheMachineForNothing = noClasses()
            .that()
            .resideInAnyPackage("io.shardeddb.server.group..", "io.shardeddb.server.log..")
            .should()
            .accessTargetWhere(isTheMachines())
            .because("the simulator runs these classes under time, threads and chance of its own");

    @ArchTest
    static final ArchRule operatorsPlansAskTheMachineForNothing = noClasses()
            .that()
            .resideInAPackage("io.shardeddb.operator.plan..")
            .should()
            .accessTargetWhere(isTheMachines())
            .because(
                    "a plan is a function of what was observed, of a memory that is a value, and of the time it is given");

    @ArchTest
    static final ArchRule operatorsPlansTouchNothingOutside = noClasses()
            .that()
            .resideInAPackage("io.shardeddb.operator.plan..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.fabric8.kubernetes.client..",
                    "io.javaoperatorsdk..",
                    "io.grpc..",
                    "org.slf4j..",
                    "java.util.concurrent..",
                    "io.shardeddb.operator.act..",
                    "io.shardeddb.operator.reconcile..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.time\\.(Clock|InstantSource)")
            .because("what is planned is carried out elsewhere, and Kubernetes and the clock are read before");

    private static DescribedPredicate<JavaAccess<?>> isTheMachines() {
        return DescribedPredicate.describe("it is the machine's time, threads or chance", access -> {
            String owner = access.getTargetOwner().getName();
            return CLOSED.contains(owner) || THE_MACHINES.contains(owner + "." + access.getName());
        });
    }
}
