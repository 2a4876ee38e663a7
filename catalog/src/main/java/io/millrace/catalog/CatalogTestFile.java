package io.millrace.catalog;

import java.util.List;

/**
 * The format of a catalog's tests: {@code NAME.test.yaml} beside {@code NAME.yaml}. The templates
 * show it.
 */
public final class CatalogTestFile {

  private CatalogTestFile() {}

  /** What reading a file comes to. */
  public sealed interface Result {

    /** The file holds tests. */
    record Accepted(CatalogTest test) implements Result {}

    /** The file can't be used; one problem at least, 100 at most, in the file's order. */
    record Rejected(List<Problem> problems) implements Result {
      public Rejected {
        problems = List.copyOf(problems);
      }
    }
  }

  /**
   * Reads and checks the tests of a catalog. Throws nothing, whatever the bytes.
   *
   * @param fileName as the user named it
   * @param bytes the file's, UTF-8, 1 MiB at most
   */
  public static Result read(String fileName, byte[] bytes, Catalog catalog) {
    Problems problems = new Problems(fileName);
    Yaml root = YamlReader.read(bytes, problems);
    CatalogTest test =
        root == null ? null : new CatalogTestReader(problems, catalog).test(fileName, root);
    if (test != null && problems.none()) {
      return new Result.Accepted(test);
    }
    return new Result.Rejected(problems.sorted());
  }
}
