package io.millrace.catalog;

import io.millrace.catalog.CatalogFile.Result.Accepted;
import io.millrace.catalog.CatalogFile.Result.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/** A sound catalog to break, and what reading makes of it. */
final class Catalogs {

  /** The template of the smart city without its comments and its grace. */
  static final String SOUND =
      new String(CatalogFile.template("smart-city.yaml"), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.replaceFirst("\\s*#.*", ""))
          .filter(line -> !line.isEmpty() && !line.startsWith("    grace:"))
          .collect(Collectors.joining("\n", "", "\n"));

  private Catalogs() {}

  static Catalog accept(String text) {
    return switch (read(text.getBytes(StandardCharsets.UTF_8))) {
      case Accepted(Catalog catalog) -> catalog;
      case Rejected(List<Problem> problems) -> throw new AssertionError("rejected: " + problems);
    };
  }

  static List<Problem> reject(byte[] bytes) {
    return switch (read(bytes)) {
      case Accepted(Catalog catalog) -> throw new AssertionError("accepted: " + catalog);
      case Rejected(List<Problem> problems) -> problems;
    };
  }

  /** Problems as {@code line:column code}, in the file's order. */
  static String faults(String text) {
    return reject(text.getBytes(StandardCharsets.UTF_8)).stream()
        .map(p -> p.line() + ":" + p.column() + " " + p.code())
        .collect(Collectors.joining(", "));
  }

  private static CatalogFile.Result read(byte[] bytes) {
    return CatalogFile.read("test.yaml", bytes);
  }
}
