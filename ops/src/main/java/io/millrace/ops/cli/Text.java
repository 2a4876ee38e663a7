package io.millrace.ops.cli;

import io.millrace.connectors.suspense.SafeText;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Answers as lines and columns; what a stranger may have written can't steer the terminal. */
final class Text {
  private static final int WIDEST = 120;

  private Text() {}

  /** A member as text; empty where it is absent. */
  static String of(Map<String, Object> tree, String member) {
    Object value = tree.get(member);
    return value == null
        ? ""
        : SafeText.of(value.toString().getBytes(StandardCharsets.UTF_8), WIDEST);
  }

  /** The objects of a list. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> list(Map<String, Object> tree, String member) {
    return tree.get(member) instanceof List<?> list ? (List<Map<String, Object>>) list : List.of();
  }

  /** An object. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> object(Map<String, Object> tree, String member) {
    return tree.get(member) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /** Prints the members of each object in columns, under their names. */
  static void table(PrintWriter out, List<Map<String, Object>> rows, String... members) {
    List<String[]> lines = new ArrayList<>();
    lines.add(members);
    for (Map<String, Object> row : rows) {
      String[] cells = new String[members.length];
      for (int i = 0; i < members.length; i++) {
        cells[i] = of(row, members[i]);
      }
      lines.add(cells);
    }
    int[] width = new int[members.length];
    for (String[] cells : lines) {
      for (int i = 0; i < cells.length; i++) {
        width[i] = Math.max(width[i], cells[i].length());
      }
    }
    for (String[] cells : lines) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < cells.length; i++) {
        line.append(cells[i]).append(" ".repeat(width[i] - cells[i].length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
