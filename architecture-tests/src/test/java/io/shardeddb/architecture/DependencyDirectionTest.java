package io.shardeddb.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;

/**
 * Dependencies point one way. The table is the one of {@code docs/architecture.md}: each module names the modules that
 * it may use, and every other one of ours is closed to it.
 */
@AnalyzeClasses(packages = "io.shardeddb", importOptions = OurMainClasses.class)
final class DependencyDirectionTest {

    private static final List<String> MODULES = List.of(
            "crds",
            "consensus",
            "protocol",
            "documents",
            "server",
            "router",
            "operator",
            "local",
            "simulator",
            "cli",
            "bench");

    @ArchTest
    static final ArchRule crdsUseNoOtherModule = mayUseOnly("crds");

    @ArchTest
    static final ArchRule consensusUsesNoOtherModule = mayUseOnly("consensus");

    @ArchTest
    static final ArchRule protocolUsesNoOtherModule = mayUseOnly("protocol");

    @ArchTest
    static final ArchRule documentsUseProtocol = mayUseOnly("documents", "protocol");

    @ArchTest
    static final ArchRule shardServerUsesConsensusProtocolAndDocuments =
            mayUseOnly("server", "consensus", "protocol", "documents");

    @ArchTest
    static final ArchRule routerUsesProtocolDocumentsAndCrds = mayUseOnly("router", "protocol", "documents", "crds");

    @ArchTest
    static final ArchRule operatorUsesProtocolAndCrds = mayUseOnly("operator", "protocol", "crds");

    @ArchTest
    static final ArchRule localClusterUsesCrds = mayUseOnly("local", "crds");

    @ArchTest
    static final ArchRule simulatorUsesWhatItSimulates =
            mayUseOnly("simulator", "consensus", "protocol", "documents", "server", "router", "operator", "crds");

    @ArchTest
    static final ArchRule benchUsesLocalCluster = mayUseOnly("bench", "local");

    @ArchTest
    static final ArchRule commandLineUsesCrdsProtocolLocalAndBench =
            mayUseOnly("cli", "crds", "protocol", "local", "bench");

    @ArchTest
    static final ArchRule consensusTouchesNothingOutside = classes()
            .that()
            .resideInAPackage("io.shardeddb.consensus..")
            .should()
            .onlyDependOnClassesThat(
                    resideInAnyPackage("io.shardeddb.consensus..", "java.[lang|util|math]..", "org.jspecify.."))
            .because("the protocol is a pure state machine: clocks, disks and sockets come in from outside");

    @ArchTest
    static final ArchRule consensusHasNoThreads = noClasses()
            .that()
            .resideInAPackage("io.shardeddb.consensus..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.util.concurrent..")
            .orShould()
            .dependOnClassesThat()
            .areAssignableTo(Thread.class)
            .because("one caller steps the core; the simulator replays it by seed");

    @ArchTest
    static final ArchRule onlySimulatorsBreakRules = noClasses()
            .that()
            .resideOutsideOfPackages("io.shardeddb.consensus..", "io.shardeddb.simulator..")
            .should()
            .dependOnClassesThat()
            .haveNameMatching("io\\.shardeddb\\.consensus\\..*(SafetyRules|TimestampRules)")
            .because("other rules than the sound ones are for simulators alone, to see that they notice");

    @ArchTest
    static final ArchRule onlyTheStoreSpeaksSql = noClasses()
            .that()
            // The peers that our database is measured against are spoken to by their own driver. The simulator's rows
            // run the store's requests, which may throw what a database throws.
            .resideOutsideOfPackages(
                    "io.shardeddb.server.store..", "io.shardeddb.bench.peer..", "io.shardeddb.simulator.driver.rows..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.sql..", "javax.sql..", "com.mysql..", "com.zaxxer..")
            .because(
                    "every statement that reaches MySQL stands in the rooms of one package, where it is checked on both databases");

    @ArchTest
    static final ArchRule onlyTheOperatorUsesTheOperatorSdk = noClasses()
            .that()
            .resideOutsideOfPackage("io.shardeddb.operator..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.javaoperatorsdk..")
            .because("reconciling is the operator's work");

    @ArchTest
    static final ArchRule documentsArePure = noClasses()
            .that()
            .resideInAPackage("io.shardeddb.documents..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.io..", "java.nio.file..", "java.net..", "java.time..", "io.grpc..", "io.netty..")
            .because("servers and routers must decide alike: clocks and randomness come in from outside");

    private static ArchRule mayUseOnly(String module, String... allowed) {
        List<String> closed = new ArrayList<>();
        for (String other : MODULES) {
            if (!other.equals(module) && !List.of(allowed).contains(other)) {
                closed.add("io.shardeddb." + other + "..");
            }
        }
        return noClasses()
                .that()
                .resideInAPackage("io.shardeddb." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(closed.toArray(String[]::new))
                .allowEmptyShould(true)
                .because("module dependencies point one way (docs/architecture.md)");
    }
}
