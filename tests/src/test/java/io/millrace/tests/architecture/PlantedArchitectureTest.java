package io.millrace.tests.architecture;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Each rule fails on a house with one planted violation: a rule that can't fail proves nothing. */
class PlantedArchitectureTest {
  private static final String ROOT = "io.millrace.tests.architecture.planted";
  private static final JavaClasses PLANTED = new ClassFileImporter().importPackages(ROOT);

  @Test
  void import_pointingUp_isFound() {
    List<String> found =
        Architecture.importsPointOneWay(ROOT)
            .flatMap(rule -> rule.evaluate(PLANTED).getFailureReport().getDetails().stream())
            .toList();

    assertFalse(found.isEmpty());
    assertTrue(found.stream().allMatch(line -> line.contains("catalog.PointsUp")), found::toString);
  }

  @Test
  void engineThatReadsAFile_isFound() {
    finds(Architecture.engineKnowsNoEdge(ROOT), "ReadsFile");
  }

  @Test
  void engineThatAsksForTheTime_isFound() {
    finds(Architecture.engineIsToldWhatItIs(ROOT), "AsksTheMachine.now");
  }

  @Test
  void engineThatFormatsInTheDefaultLocale_isFound() {
    finds(Architecture.engineIsToldWhatItIs(ROOT), "AsksTheMachine.text");
  }

  @Test
  void engineThatNamesItsLocale_isLeftAlone() {
    String report = report(Architecture.engineIsToldWhatItIs(ROOT));

    assertFalse(report.contains("rootText"), report);
  }

  @Test
  void oracleThatCallsTheEngine_isFound() {
    finds(Architecture.judgesStandApart(ROOT), "Oracle");
  }

  @Test
  void nameThatFitsAnything_isFound() {
    finds(Architecture.namesSayWhatAClassIs(), "LampManager");
  }

  @Test
  void moneyInADouble_isFound() {
    String report = finds(Architecture.moneyIsNeverFloating(), "field unitPrice");

    assertTrue(report.contains("parameter balance of add"), report);
    assertFalse(report.contains("chargesPerSecond"), report);
  }

  @Test
  void packageWithoutNullMark_isFound() {
    finds(Architecture.packagesAreNullMarked(), "planted.unmarked");
  }

  private static String finds(ArchRule rule, String what) {
    String report = report(rule);
    assertTrue(report.contains(what), () -> "expected " + what + " in: " + report);
    return report;
  }

  private static String report(ArchRule rule) {
    return rule.evaluate(PLANTED).getFailureReport().toString();
  }
}
