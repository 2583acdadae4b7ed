package dev.wattbeam;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.callMethodWhere;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethodCall;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import dev.wattbeam.pipelines.launcher.WattBeam;
import org.apache.beam.sdk.coders.SerializableCoder;
import org.apache.beam.sdk.io.Source;
import org.apache.beam.sdk.transforms.DoFn;
import org.apache.beam.sdk.transforms.PTransform;
import org.apache.beam.sdk.transforms.windowing.Window;

/** The rules of docs/architecture.md, for the classes of all modules but their tests. */
@AnalyzeClasses(packages = "dev.wattbeam", importOptions = ImportOption.DoNotIncludeTests.class)
final class ArchitectureTest {
  private static final String MODEL = "dev.wattbeam.model..";
  private static final String TRANSFORMS = "dev.wattbeam.transforms..";
  private static final String IO = "dev.wattbeam.io..";
  private static final String PIPELINES = "dev.wattbeam.pipelines..";
  private static final String DEMO = "dev.wattbeam.demo..";
  private static final String EMBEDDED = "dev.wattbeam.embedded..";
  private static final String ORACLE = "dev.wattbeam.oracle..";

  /** Servers, drivers and formats: what only io may know. */
  private static final String[] OUTSIDE_WORLD = {
    "org.apache.kafka..",
    "org.apache.beam.sdk.io.kafka..",
    "org.apache.beam.sdk.io.jdbc..",
    "org.apache.beam.sdk.io.aws2..",
    "org.apache.beam.sdk.io.hdfs..",
    "org.apache.beam.sdk.io.snowflake..",
    "software.amazon..",
    "org.apache.hadoop..",
    "java.sql..",
    "javax.sql..",
    "org.postgresql..",
    "com.zaxxer..",
    "net.snowflake..",
    "org.flywaydb..",
    "com.datastax..",
    "com.mongodb..",
    "org.bson..",
    "com.fasterxml..",
    "org.apache.commons.csv.."
  };

  /** Programs that people start: what they print is their result. */
  private static final String[] COMMAND_LINES = {
    "dev.wattbeam.pipelines.launcher.WattBeam",
    "dev.wattbeam.pipelines.PipelineCommand",
    "dev.wattbeam.pipelines.publish.PublishReadings",
    "dev.wattbeam.pipelines.replay.ReplayDeadLetters",
    "dev.wattbeam.pipelines.grid.PublishGridSignals",
    "dev.wattbeam.pipelines.database.MigrateDatabase",
    "dev.wattbeam.pipelines.warehouse.MigrateWarehouse"
  };

  // The dependency rule: model <- transforms, io <- pipelines <- demo
  // ------------------------------

  @ArchTest
  static final ArchRule MODEL_KNOWS_ONLY_BEAM =
      classes()
          .that()
          .resideInAPackage(MODEL)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(
              MODEL,
              "java..",
              "org.apache.beam.sdk..",
              "org.joda.time..",
              "org.apache.commons.io..")
          .because(
              "every module is built on model, so whatever it needs, all need. Put what reads bytes"
                  + " or rows into io, and what computes into transforms");

  @ArchTest
  static final ArchRule TRANSFORMS_KNOW_ONLY_MODEL =
      noClasses()
          .that()
          .resideInAPackage(TRANSFORMS)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(IO, PIPELINES, DEMO, EMBEDDED, ORACLE)
          .because(
              "event logic has to run in a test without a server. What it needs from outside comes"
                  + " in as a model type, such as MeterDirectorySource, handed over by the"
                  + " pipeline");

  @ArchTest
  static final ArchRule IO_KNOWS_ONLY_MODEL =
      noClasses()
          .that()
          .resideInAPackage(IO)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(TRANSFORMS, PIPELINES, DEMO, EMBEDDED, ORACLE)
          .because(
              "io turns bytes and rows into model types and back, and decides nothing about energy."
                  + " A type that both io and transforms need belongs in model");

  @ArchTest
  static final ArchRule PIPELINES_ARE_BELOW_THE_DEMO =
      noClasses()
          .that()
          .resideInAPackage(PIPELINES)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(DEMO, EMBEDDED, ORACLE)
          .because(
              "a pipeline runs against real servers on any runner; embedded servers and the demo"
                  + " are for laptops and tests");

  @ArchTest
  static final ArchRule EMBEDDED_SERVERS_KNOW_NOBODY =
      noClasses()
          .that()
          .resideInAPackage(EMBEDDED)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(MODEL, TRANSFORMS, IO, PIPELINES, DEMO, ORACLE)
          .because(
              "the tests of any module may start a server, so it must not bring modules along");

  @ArchTest
  static final ArchRule THE_ORACLE_IS_INDEPENDENT =
      classes()
          .that()
          .resideInAPackage(ORACLE)
          .should()
          .onlyDependOnClassesThat()
          .resideInAnyPackage(ORACLE, MODEL, "java..")
          .because(
              "it judges the pipelines: with their code, or with Beam, it would repeat their"
                  + " mistakes. Write the rule again, in the slowest and plainest way");

  @ArchTest
  static final ArchRule NOBODY_SHIPS_THE_ORACLE =
      noClasses()
          .that()
          .resideOutsideOfPackage(ORACLE)
          .should()
          .dependOnClassesThat()
          .resideInAPackage(ORACLE)
          .because("the oracle is for tests: its maven scope is test");

  @ArchTest
  static final ArchRule NO_CLASS_KNOWS_A_RUNNER =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.apache.beam.runners..", "org.apache.flink..", "org.apache.spark..")
          .because(
              "the same pipeline runs on every runner. Which one is an option (--runner) and a jar"
                  + " on the class path, never an import");

  @ArchTest
  static final ArchRule EACH_PIPELINE_IS_IN_THE_LIST =
      classes()
          .that()
          .resideInAPackage(PIPELINES)
          .and()
          .doNotHaveFullyQualifiedName(WattBeam.class.getName())
          .and(describe("are programs", ArchitectureTest::hasMain))
          .should(beListedByWattBeam())
          .because("java -jar wattbeam-<runner>.jar lists and starts what WattBeam.PROGRAMS names");

  @ArchTest
  static final ArchRule ONLY_IO_KNOWS_THE_OUTSIDE_WORLD =
      noClasses()
          .that()
          .resideOutsideOfPackages(IO, EMBEDDED, DEMO)
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(OUTSIDE_WORLD)
          .because(
              "Kafka, JDBC and JSON change for their own reasons. Give io a class with a domain"
                  + " name (ReadReadings, MeterDirectoryStore) and call that. embedded and demo"
                  + " start and show the servers themselves");

  @ArchTest
  static final ArchRule PACKAGES_HAVE_NO_CYCLES =
      slices()
          .matching("dev.wattbeam.(**)")
          .should()
          .beFreeOfCycles()
          .because(
              "two packages that need each other are one package, or lack a third one below them");

  @ArchTest
  static final ArchRule NO_CATCH_ALL_PACKAGES =
      noClasses()
          .should()
          .resideInAnyPackage("..util..", "..utils..", "..common..", "..helper..", "..misc..")
          .because("such a package says nothing; put a class where the word it is about lives");

  // Options stop at the door
  // ------------------------------------------------------------------------

  @ArchTest
  static final ArchRule TRANSFORMS_HAVE_NO_OPTIONS =
      noClasses()
          .that()
          .resideInAnyPackage(MODEL, TRANSFORMS)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.beam.sdk.options..")
          .because(
              "a transform that reads global options has hidden parameters. Pass what it needs to"
                  + " its factory: ValidateReadings.of(directory, limits, ...)");

  @ArchTest
  static final ArchRule IO_HAS_OPTIONS_ONLY_AT_ITS_EDGE =
      noClasses()
          .that()
          .resideInAPackage(IO)
          .and()
          .haveSimpleNameNotEndingWith("Options")
          .and()
          .haveSimpleNameNotEndingWith("Config")
          // split(PipelineOptions) and the like are Beam's own signatures.
          .and()
          .areNotAssignableTo(Source.class)
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.beam.sdk.options..")
          .because(
              "an XOptions interface is translated once, by XConfig.from(options, errors), into an"
                  + " immutable record that is already valid; everything behind it takes the"
                  + " record");

  // Steps
  // --------------------------------------------------------------------------------------------

  @ArchTest
  static final ArchRule PTRANSFORMS_ARE_FINAL =
      classes()
          .that()
          .areAssignableTo(PTransform.class)
          .should()
          .haveModifier(JavaModifier.FINAL)
          .because("steps are composed, not inherited from (Beam's own style guide says the same)")
          .allowEmptyShould(false);

  @ArchTest
  static final ArchRule DOFNS_STAY_INSIDE =
      classes()
          .that()
          .areAssignableTo(DoFn.class)
          .should()
          .haveSimpleNameEndingWith("Fn")
          .andShould()
          .haveModifier(JavaModifier.FINAL)
          .andShould()
          .notBePublic()
          .andShould(notCarryAnOuterObject())
          .because(
              "a DoFn is ten lines around plain Java, private to its PTransform (package-private"
                  + " where several share it), and static: an inner or anonymous one takes its"
                  + " surroundings along when it is serialised");

  @ArchTest
  static final ArchRule STEPS_HAVE_NAMES =
      noClasses()
          .should(
              callMethodWhere(
                  describe(
                      "a step is applied without a name", ArchitectureTest::appliesWithoutName)))
          .because(
              "runners keep state under the name of a step: apply(\"ReadReadings\", ...), so that"
                  + " it is found again after the code has changed");

  @ArchTest
  static final ArchRule NO_WINDOWS =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Window.class)
          .because(
              "time is handled by the engines, over sets of readings in the global window"
                  + " (docs/decisions/0001-few-large-elements.md). A step that really needs a"
                  + " window is a new decision, and then one class builds all windows");

  @ArchTest
  static final ArchRule NO_JAVA_SERIALISATION =
      noClasses()
          .should()
          .dependOnClassesThat()
          .areAssignableTo(SerializableCoder.class)
          .because(
              "it is many times slower than a coder of ours, not deterministic, and breaks with the"
                  + " next change of the class. Write an XCoder like ReadingCoder");

  // Manners
  // ------------------------------------------------------------------------------------------

  @ArchTest
  static final ArchRule NO_PRINTING =
      noClasses()
          .that()
          .resideOutsideOfPackage(DEMO)
          .and(describe("are no command lines", type -> !isCommandLine(type)))
          .should()
          .accessField(System.class, "out")
          .orShould()
          .accessField(System.class, "err")
          .because(
              "a worker's standard output is read by nobody. Log with slf4j, count with a metric,"
                  + " or write a dead letter");

  @ArchTest
  static final ArchRule NO_STACK_TRACES_ON_THE_TERMINAL =
      noClasses()
          .should(
              callMethodWhere(
                  describe("printStackTrace() is called", ArchitectureTest::printsStackTrace)))
          .because("a failure is one clear line for people, and a log entry for the rest");

  private static boolean isCommandLine(JavaClass type) {
    for (String name : COMMAND_LINES) {
      if (type.getFullName().equals(name) || type.getFullName().startsWith(name + "$")) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasMain(JavaClass type) {
    return type.tryGetMethod("main", String[].class).isPresent();
  }

  private static ArchCondition<JavaClass> beListedByWattBeam() {
    return new ArchCondition<>("be listed by WattBeam") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean listed =
            type.getMethod("main", String[].class).getReferencesToSelf().stream()
                .anyMatch(reference -> reference.getOriginOwner().isEquivalentTo(WattBeam.class));
        events.add(
            new SimpleConditionEvent(
                type,
                listed,
                type.getFullName() + (listed ? " is" : " is not") + " in WattBeam.PROGRAMS"));
      }
    };
  }

  private static boolean appliesWithoutName(JavaMethodCall call) {
    DescribedPredicate<JavaClass> beam = resideInAnyPackage("org.apache.beam.sdk..");
    return call.getName().equals("apply")
        && beam.test(call.getTargetOwner())
        && call.getTarget().getRawParameterTypes().size() == 1
        && assignableTo(PTransform.class).test(call.getTarget().getRawParameterTypes().get(0));
  }

  /** To a writer of one's own is all right. */
  private static boolean printsStackTrace(JavaMethodCall call) {
    return call.getName().equals("printStackTrace")
        && call.getTargetOwner().isAssignableTo(Throwable.class)
        && call.getTarget().getRawParameterTypes().isEmpty();
  }

  private static ArchCondition<JavaClass> notCarryAnOuterObject() {
    return new ArchCondition<>("be static") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        boolean carries = type.isInnerClass() || type.isAnonymousClass() || type.isLocalClass();
        events.add(
            new SimpleConditionEvent(
                type,
                !carries,
                type.getFullName() + (carries ? " carries its outer object" : " is static")));
      }
    };
  }
}
