package io.millrace.tests.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The rules of DESIGN's house, each for a root package: {@code io.millrace}, or the planted house
 * that proves that the rule can fail. Each message says where the class belongs.
 */
final class Architecture {
  /** Lowest first: a module imports only what stands before it. */
  static final List<String> MODULES =
      List.of("catalog", "processors", "connectors", "routes", "ops");

  /** Static calls and constructors that read the machine instead of being told, by owner.name. */
  private static final Set<String> AMBIENT =
      Set.of(
          "java.lang.System.currentTimeMillis",
          "java.lang.System.nanoTime",
          "java.lang.System.getenv",
          "java.lang.System.getProperty",
          "java.lang.Thread.sleep",
          "java.lang.Math.random",
          "java.util.UUID.randomUUID",
          "java.util.TimeZone.getDefault",
          "java.util.Locale.getDefault",
          "java.time.ZoneId.systemDefault");

  /** What formats or folds in the default locale unless a Locale is the first argument. */
  private static final Set<String> LOCALE_BOUND =
      Set.of(
          "java.lang.String.format",
          "java.lang.String.formatted",
          "java.lang.String.toLowerCase",
          "java.lang.String.toUpperCase");

  private Architecture() {}

  static Stream<ArchRule> importsPointOneWay(String root) {
    return MODULES.stream()
        .limit(MODULES.size() - 1L)
        .map(
            module ->
                noClasses()
                    .that()
                    .resideInAPackage(root + "." + module + "..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAnyPackage(above(root, module))
                    .because(
                        "imports point one way, ops → routes → connectors → processors → catalog:"
                            + " move the class up to the module it needs, or what it needs down to "
                            + module)
                    .allowEmptyShould(true));
  }

  static ArchRule nothingDependsOnTests(String root) {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root + ".tests..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root + ".tests..")
        .because("tests is the proof: what the product needs belongs in the module that owns it");
  }

  static ArchRule engineKnowsNoEdge(String root) {
    return noClasses()
        .that(resideInAnyPackage(root + ".catalog..", root + ".processors.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "java.net..",
                    "java.nio.file..",
                    "java.nio.channels..",
                    "java.sql..",
                    "javax.sql..",
                    "java.util.random..",
                    "org.apache.camel..",
                    "com.hazelcast..",
                    "com.zaxxer..",
                    "org.postgresql..",
                    "org.slf4j..")
                .or(
                    named(
                        "java.io.File",
                        "java.io.FileInputStream",
                        "java.io.FileOutputStream",
                        "java.io.FileReader",
                        "java.io.FileWriter",
                        "java.io.RandomAccessFile",
                        "java.security.SecureRandom",
                        "java.time.Clock",
                        "java.time.InstantSource",
                        "java.util.Random",
                        "java.util.concurrent.ThreadLocalRandom")))
        .because(
            "catalog and processors know no clock, network, disk or framework: what touches a wire,"
                + " a disk or a cluster belongs in connectors, times and seeds are handed in")
        .allowEmptyShould(true);
  }

  static ArchRule engineIsToldWhatItIs(String root) {
    return noClasses()
        .that(resideInAnyPackage(root + ".catalog..", root + ".processors.."))
        .should()
        .accessTargetWhere(
            DescribedPredicate.describe("reads a clock or a default", Architecture::readsAmbient))
        .because(
            "the engine is deterministic: hand in the time and the id; name Locale.ROOT and the"
                + " zone")
        .allowEmptyShould(true);
  }

  /** The oracle and the manifest judge the engine, so they share nothing with it (DESIGN §11). */
  static ArchRule judgesStandApart(String root) {
    return noClasses()
        .that(resideInAnyPackage(root + ".tests.oracle..", root + ".ops.demo.manifest.."))
        .should()
        .dependOnClassesThat(resideInAnyPackage(root + ".catalog..", root + ".processors.."))
        .because(
            "a judge that shares code with the judged shares its bugs: write it again, plainly,"
                + " with maps and BigDecimal, or convert in the test that calls it")
        .allowEmptyShould(true);
  }

  static ArchRule namesSayWhatAClassIs() {
    return noClasses()
        .should()
        .haveSimpleNameEndingWith("Manager")
        .orShould()
        .haveSimpleNameEndingWith("Helper")
        .orShould()
        .haveSimpleNameEndingWith("Util")
        .orShould()
        .haveSimpleNameEndingWith("Utils")
        .orShould()
        .haveSimpleNameEndingWith("Impl")
        .orShould()
        .haveSimpleNameEndingWith("Data")
        .orShould()
        .haveSimpleNameEndingWith("Info")
        .orShould()
        .haveSimpleNameEndingWith("Dto")
        .because("such a name fits anything: take a word of DESIGN §3 or of the field's standards")
        .allowEmptyShould(true);
  }

  static ArchRule moneyIsNeverFloating() {
    return classes().should(new MoneyIsExact()).allowEmptyShould(true);
  }

  static ArchRule packagesAreNullMarked() {
    return classes().should(new PackageIsNullMarked()).allowEmptyShould(true);
  }

  private static String[] above(String root, String module) {
    return MODULES.stream()
        .skip(MODULES.indexOf(module) + 1L)
        .map(higher -> root + "." + higher + "..")
        .toArray(String[]::new);
  }

  private static DescribedPredicate<com.tngtech.archunit.core.domain.JavaClass> named(
      String... names) {
    Set<String> set = Set.of(names);
    return DescribedPredicate.describe("one of " + set, type -> set.contains(type.getName()));
  }

  private static boolean readsAmbient(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getTarget().getName();
    String full = owner + "." + name;
    if (LOCALE_BOUND.contains(full)) {
      return !access.getTarget().getFullName().contains("(java.util.Locale");
    }
    boolean now = owner.startsWith("java.time.") && name.equals("now");
    boolean today =
        full.equals("java.util.Date.<init>") && access.getTarget().getFullName().endsWith("()");
    return now || today || AMBIENT.contains(full);
  }
}
