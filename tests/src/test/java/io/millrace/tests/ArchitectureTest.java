package io.millrace.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** The arrows between the modules, which Maven alone would let transitive dependencies cross. */
@AnalyzeClasses(
        packages = "io.millrace",
        importOptions = {ImportOption.DoNotIncludeTests.class})
class ArchitectureTest {

    @ArchTest
    static final ArchRule MODEL_KNOWS_NEITHER_FLINK_NOR_KAFKA =
            noClasses()
                    .that()
                    .resideInAPackage("io.millrace.model..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.flink..",
                            "org.apache.kafka..",
                            "io.millrace.operators..",
                            "io.millrace.connectors..",
                            "io.millrace.job..")
                    .because("the mathematics must be testable without a cluster");

    @ArchTest
    static final ArchRule OPERATORS_KNOW_ONLY_MODEL_AND_FLINK =
            noClasses()
                    .that()
                    .resideInAPackage("io.millrace.operators..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(
                            "org.apache.kafka..", "io.millrace.connectors..", "io.millrace.job..")
                    .because("records that operators and connectors share are the model's");

    @ArchTest
    static final ArchRule CONNECTORS_DO_NOT_KNOW_OPERATORS =
            noClasses()
                    .that()
                    .resideInAPackage("io.millrace.connectors..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage("io.millrace.operators..", "io.millrace.job..")
                    .because("records that operators and connectors share are the model's");

    @ArchTest
    static final ArchRule ONLY_THE_MODEL_KNOWS_DJL =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.millrace.model..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("ai.djl..")
                    .because("native memory has one owner");
}
