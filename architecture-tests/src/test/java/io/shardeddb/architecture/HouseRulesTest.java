package io.shardeddb.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The house style, as far as it can be read off the compiled classes. */
@AnalyzeClasses(packages = "io.shardeddb", importOptions = OurMainClasses.class)
final class HouseRulesTest {

    @ArchTest
    static final ArchRule classesAreNamedForWhatTheyDo = noClasses()
            .should()
            .haveSimpleNameEndingWith("Util")
            .orShould()
            .haveSimpleNameEndingWith("Utils")
            .orShould()
            .haveSimpleNameEndingWith("Helper")
            .orShould()
            .haveSimpleNameEndingWith("Manager")
            .orShould()
            .haveSimpleNameEndingWith("Impl")
            .orShould()
            .haveSimpleNameStartingWith("Abstract")
            .because("a name that says nothing draws everything into it");

    @ArchTest
    static final ArchRule packagesAreFeatures = noClasses()
            .should()
            .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..manager..", "..impl..")
            .because("the package is the feature");

    @ArchTest
    static final ArchRule classesAreClosed = classes()
            .that(areOrdinaryClasses())
            // Its wrong variants, which the simulator must notice, extend it.
            .and()
            .doNotHaveFullyQualifiedName("io.shardeddb.consensus.SafetyRules")
            .should(beFinalOrSealed())
            .because("records, sealed types and final classes say who may extend what");

    @ArchTest
    static final ArchRule noStaticMutableState = fields().that()
            .areStatic()
            .and(areWrittenByHand())
            .should()
            .beFinal()
            .because("state belongs to an object that somebody made and closes");

    @ArchTest
    static final ArchRule nothingPrintsButTheCommandLine = noClasses()
            .that()
            .resideOutsideOfPackages("io.shardeddb.cli..")
            .and()
            .haveSimpleNameNotEndingWith("Main")
            .should()
            .callMethod(Throwable.class, "printStackTrace")
            .because("processes log; only the command line and a Main speak to a person");

    private static DescribedPredicate<JavaClass> areOrdinaryClasses() {
        return DescribedPredicate.describe(
                "ordinary classes",
                type -> !type.isInterface()
                        && !type.isEnum()
                        // Open so that the simulator can break one rule at a time.
                        && !type.getName().equals("io.shardeddb.consensus.SafetyRules")
                        && !type.isRecord()
                        && !type.isAnnotation()
                        && !type.isAnonymousClass()
                        && !type.isAssignableTo("io.fabric8.kubernetes.client.CustomResource")
                        && !type.getEnclosingClass().map(JavaClass::isEnum).orElse(false)
                        && type.getAnnotations().stream()
                                .noneMatch(annotation ->
                                        annotation.getRawType().getPackageName().startsWith("io.micronaut")));
    }

    private static ArchCondition<JavaClass> beFinalOrSealed() {
        return new ArchCondition<>("be final or sealed") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean closed = type.getModifiers().contains(JavaModifier.FINAL)
                        || type.reflect().isSealed();
                events.add(new SimpleConditionEvent(type, closed, type.getName() + " is open for extension"));
            }
        };
    }

    private static DescribedPredicate<JavaField> areWrittenByHand() {
        return DescribedPredicate.describe(
                "are written by hand",
                field -> !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !field.getName().startsWith("$"));
    }
}
