package io.millrace.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules hold for the product and, where they apply, for the tests of this module. */
class ArchitectureTest {
  private static final String ROOT = "io.millrace";

  private static JavaClasses product;
  private static JavaClasses all;

  @BeforeAll
  static void importClasses() {
    product =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT)
            .that(
                DescribedPredicate.describe(
                    "runs where its jars are", (JavaClass type) -> !isBroker(type)));
    all =
        new ClassFileImporter()
            .importPackages(ROOT)
            .that(DescribedPredicate.describe("is written by hand", ArchitectureTest::isOurs));
  }

  private static boolean isOurs(JavaClass type) {
    return !type.getPackageName().contains(".architecture.planted")
        && !isBroker(type)
        && !type.getPackageName().endsWith(".jmh_generated");
  }

  /** A broker that tests start in a process of its own, the only one that has its jars. */
  private static boolean isBroker(JavaClass type) {
    return type.getPackageName().startsWith(ROOT + ".tests.pulsar");
  }

  @Test
  void import_findsEveryModule() {
    for (String module : Architecture.MODULES) {
      assertTrue(
          product.stream().anyMatch(type -> type.getPackageName().startsWith(ROOT + "." + module)),
          () -> "no class of " + module + " was seen, so the rules below prove nothing about it");
    }
  }

  @Test
  void module_importsOnlyWhatStandsBelowIt() {
    Architecture.importsPointOneWay(ROOT).forEach(rule -> rule.check(product));
  }

  @Test
  void product_doesNotDependOnTests() {
    Architecture.nothingDependsOnTests(ROOT).check(product);
  }

  @Test
  void engine_knowsNoClockNetworkDiskOrFramework() {
    Architecture.engineKnowsNoEdge(ROOT).check(product);
  }

  @Test
  void engine_readsNoClockOrDefault() {
    Architecture.engineIsToldWhatItIs(ROOT).check(product);
  }

  @Test
  void oracleAndManifest_shareNothingWithTheEngine() {
    Architecture.judgesStandApart(ROOT).check(all);
  }

  @Test
  void names_sayWhatAClassIs() {
    Architecture.namesSayWhatAClassIs().check(all);
  }

  @Test
  void money_isNeverFloatingPoint() {
    Architecture.moneyIsNeverFloating().check(product);
  }

  @Test
  void packages_areNullMarked() {
    Architecture.packagesAreNullMarked().check(all);
  }
}
