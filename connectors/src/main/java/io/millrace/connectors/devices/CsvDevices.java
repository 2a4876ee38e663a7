package io.millrace.connectors.devices;

import io.millrace.connectors.tenant.DeviceVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Devices as CSV (RFC 4180): a header {@code subject,account,offer,from,to}, with {@code ,group}
 * behind it where there are groups, then a line for each. A cell may be quoted; {@code to} and
 * {@code group} may be empty. No cell goes over several lines.
 */
final class CsvDevices implements DeviceLines {
  /** The first line. */
  static final String HEADER = "subject,account,offer,from,to";

  private static final String GROUPED = HEADER + ",group";

  private static final String BYTE_ORDER_MARK = "\uFEFF";
  private static final int CELLS = 6;

  private final TextLines lines;
  private boolean begun;
  private int cells;

  CsvDevices(InputStream in) {
    this.lines = new TextLines(in);
  }

  @Override
  public @Nullable DeviceLine next() throws IOException, DevicesUnreadable {
    if (!begun) {
      header();
    }
    while (lines.next()) {
      String text = lines.text();
      if (lines.isTooLong()) {
        return new DeviceLine.Bad(lines.number(), DeviceVerdict.TOO_LONG);
      }
      if (text == null) {
        return new DeviceLine.Bad(lines.number(), DeviceVerdict.MALFORMED);
      }
      if (!text.isBlank()) {
        List<String> cells = cells(text);
        return cells.size() == this.cells
            ? DeviceLine.of(
                lines.number(),
                cells.get(0),
                cells.get(1),
                cells.get(2),
                cells.get(3),
                cells.get(4),
                this.cells == CELLS ? cells.get(5) : "")
            : new DeviceLine.Bad(lines.number(), DeviceVerdict.MALFORMED);
      }
    }
    return null;
  }

  private void header() throws IOException, DevicesUnreadable {
    String text = lines.next() ? lines.text() : null;
    if (text != null && text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(1);
    }
    boolean grouped = text != null && text.strip().equals(GROUPED);
    if (text == null || !grouped && !text.strip().equals(HEADER)) {
      throw new DevicesUnreadable(1, "the first line is not the header. Write `" + HEADER + "`");
    }
    cells = grouped ? CELLS : CELLS - 1;
    begun = true;
  }

  /** The cells of a line; none where a quote is not as it should be. */
  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>(CELLS);
    int at = 0;
    while (true) {
      StringBuilder cell = new StringBuilder();
      if (at < line.length() && line.charAt(at) == '"') {
        at = quoted(line, at + 1, cell);
        if (at < 0 || at < line.length() && line.charAt(at) != ',') {
          return List.of();
        }
        cells.add(cell.toString());
      } else {
        int comma = line.indexOf(',', at);
        String plain = line.substring(at, comma < 0 ? line.length() : comma);
        if (plain.indexOf('"') >= 0) {
          return List.of();
        }
        cells.add(plain.strip());
        at = comma < 0 ? line.length() : comma;
      }
      if (at == line.length()) {
        return cells;
      }
      at++;
    }
  }

  /**
   * Reads a quoted cell. Returns where it goes on behind the last quote; -1 where there is none.
   */
  private static int quoted(String line, int from, StringBuilder into) {
    for (int at = from; at < line.length(); at++) {
      char c = line.charAt(at);
      if (c != '"') {
        into.append(c);
      } else if (at + 1 < line.length() && line.charAt(at + 1) == '"') {
        into.append('"');
        at++;
      } else {
        return at + 1;
      }
    }
    return -1;
  }
}
