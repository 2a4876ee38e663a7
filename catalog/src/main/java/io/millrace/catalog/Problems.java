package io.millrace.catalog;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects the problems of one file, at most {@link #MAX} of them. */
final class Problems {

  /** Past this many, more would help nobody. */
  static final int MAX = 100;

  private static final int MAX_QUOTED = 40;

  private final String file;
  private final List<Problem> found = new ArrayList<>();

  Problems(String file) {
    this.file = file;
  }

  void add(Yaml at, String code, String message, String fix) {
    add(at.line(), at.column(), code, message, fix);
  }

  void add(int line, int column, String code, String message, String fix) {
    if (found.size() < MAX) {
      found.add(new Problem(file, line, column, code, message, fix));
    }
  }

  boolean none() {
    return found.isEmpty();
  }

  /** In the file's order. */
  List<Problem> sorted() {
    return found.stream()
        .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
        .toList();
  }

  /** A piece of the file as a message shows it: short, and harmless to a terminal. */
  static String quote(String text) {
    StringBuilder shown = new StringBuilder("'");
    int end =
        text.offsetByCodePoints(0, Math.min(MAX_QUOTED, text.codePointCount(0, text.length())));
    text.codePoints().limit(MAX_QUOTED).forEach(c -> shown.appendCodePoint(isShown(c) ? c : '?'));
    return shown.append(end < text.length() ? "…'" : "'").toString();
  }

  private static boolean isShown(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.UNASSIGNED,
          Character.PRIVATE_USE,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
