package io.millrace.tests.badinput;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A source's real broker or server, and who sends bad input by it. */
abstract class Hostile implements AutoCloseable {
  private final List<Row> rows = new ArrayList<>();
  private final Lamps lamps;

  /** With lamps of its own. */
  Hostile(Lamps lamps) {
    this.lamps = lamps;
  }

  /** The source's name, and its Kamelet's before {@code -source}. */
  abstract String name();

  /** The route that reads from it, and the properties by which it does. */
  abstract String route();

  abstract Map<String, String> properties();

  /** Other routes of the same kind, by their sources' names. */
  Map<String, String> moreRoutes() {
    return Map.of();
  }

  /**
   * Sends one payload.
   *
   * @return {@code refused:<code>} where it is answered so; else empty
   */
  abstract String send(byte[] payload) throws Exception;

  /** The rows that only this source has; {@link #add} takes them. */
  abstract void ownRows();

  /** What becomes of a common row, where this source makes another thing of it. */
  abstract Map<String, String> otherOutcomes();

  /** The numbers of the list, from 37 on, that can't come by this source, and why. */
  abstract Map<Integer, String> excused();

  /** Once the node runs. */
  void connect(House house) throws Exception {}

  Lamps lamps() {
    return lamps;
  }

  /** Something that is sent, which nobody answers. */
  interface Silent {
    void run() throws Exception;
  }

  void add(String what, String outcome, Silent sending) {
    answered(
        what,
        outcome,
        () -> {
          sending.run();
          return "";
        });
  }

  void answered(String what, String outcome, java.util.concurrent.Callable<String> sending) {
    rows.add(new Row(name(), what, outcome, Row.GOOD, sending));
  }

  /** All rows: the common ones first, in their order. */
  final List<Row> rows() {
    rows.clear();
    Map<String, String> other = new TreeMap<>(otherOutcomes());
    for (BadInputs.Input input : BadInputs.all(lamps)) {
      String special = other.remove(input.what());
      rows.add(
          new Row(
              name(),
              input.what(),
              special == null ? input.outcome() : special,
              special == null || !special.contains("charged") ? input.milliwattHours() : Row.GOOD,
              () -> send(input.payload())));
    }
    if (!other.isEmpty()) {
      throw new AssertionError("no such rows: " + other.keySet());
    }
    ownRows();
    return List.copyOf(rows);
  }

  /** First, last, why, and again. */
  static Map<Integer, String> excuses(Object... ranges) {
    Map<Integer, String> excuses = new TreeMap<>();
    for (int i = 0; i < ranges.length; i += 3) {
      for (int n = (int) ranges[i]; n <= (int) ranges[i + 1]; n++) {
        excuses.put(n, (String) ranges[i + 2]);
      }
    }
    return excuses;
  }

  @Override
  public abstract void close() throws Exception;
}
