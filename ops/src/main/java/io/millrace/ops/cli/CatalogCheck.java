package io.millrace.ops.cli;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogFile;
import io.millrace.catalog.CatalogTestFile;
import io.millrace.catalog.Problem;
import io.millrace.ops.Refusal;
import io.millrace.processors.trial.CatalogTrial;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One catalog and the tests beside it. */
final class CatalogCheck {
  private static final String YAML = ".yaml";
  private static final String TEST = ".test.yaml";

  /** What makes the catalog unfit, or unlike what its tests expect. */
  final List<Problem> errors = new ArrayList<>();

  final List<Problem> warnings = new ArrayList<>();

  /** The files that were looked at. */
  final List<Path> checked = new ArrayList<>();

  /** Whether a file holds the tests of a catalog rather than a catalog. */
  static boolean isTest(Path file) {
    return file.getFileName().toString().endsWith(TEST);
  }

  /** Checks a catalog, and runs its tests where it is sound. */
  CatalogCheck(Path file) throws Refusal {
    checked.add(file);
    switch (CatalogFile.read(file.toString(), Checks.read(file, "catalog"))) {
      case CatalogFile.Result.Rejected rejected -> errors.addAll(rejected.problems());
      case CatalogFile.Result.Accepted(Catalog catalog) -> test(file, catalog);
    }
  }

  private void test(Path file, Catalog catalog) throws Refusal {
    String name = file.getFileName().toString();
    String stem = name.endsWith(YAML) ? name.substring(0, name.length() - YAML.length()) : name;
    Path beside = file.resolveSibling(stem + TEST);
    if (!Files.exists(beside)) {
      warnings.add(
          new Problem(
              file.toString(),
              1,
              1,
              "no-test",
              "the catalog has no test",
              "Write " + beside.getFileName() + ": what use of it comes to"));
      return;
    }
    checked.add(beside);
    byte[] text = Checks.read(beside, "test");
    switch (CatalogTestFile.read(beside.toString(), text, catalog)) {
      case CatalogTestFile.Result.Rejected rejected -> errors.addAll(rejected.problems());
      case CatalogTestFile.Result.Accepted accepted ->
          errors.addAll(CatalogTrial.run(catalog, accepted.test()));
    }
  }
}
