package io.millrace.ops.demo.manifest;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The manifest's figures beside the gateway's.
 *
 * @param rows what was compared; never empty
 */
public record Proof(List<Row> rows) {

  private static final String ABSENT = "-";

  public Proof {
    rows = List.copyOf(rows);
  }

  /**
   * One comparison.
   *
   * @param what the figure's name
   * @param expected the manifest's
   * @param actual the gateway's or the ERP's
   * @param equal whether they agree
   */
  public record Row(String what, String expected, String actual, boolean equal) {}

  /** Whether every row agrees. */
  public boolean holds() {
    return rows.stream().allMatch(Row::equal);
  }

  /** Compares a run in which nothing had to be sent twice. */
  public static Proof check(Figures expected, Figures actual) {
    return check(expected, actual, 0);
  }

  /**
   * Compares two sets of figures, to the last unit.
   *
   * @param resent how many sends were repeated because their first outcome was lost: each may have
   *     arrived twice and then shows as one more event received and one more duplicate
   */
  public static Proof check(Figures expected, Figures actual, long resent) {
    List<Row> rows = new ArrayList<>();
    rows.add(counted("events received", expected.received(), actual.received(), resent));
    rows.add(counted("duplicates", expected.duplicates(), actual.duplicates(), resent));
    Map<String, String> left = flat(expected);
    Map<String, String> right = flat(actual);
    Set<String> names = new LinkedHashSet<>(left.keySet());
    names.addAll(right.keySet());
    for (String what : names) {
      String e = left.getOrDefault(what, ABSENT);
      String a = right.getOrDefault(what, ABSENT);
      rows.add(new Row(what, e, a, e.equals(a)));
    }
    return new Proof(rows);
  }

  private static Row counted(String what, long expected, long actual, long resent) {
    String range =
        resent == 0
            ? Digits.of(expected)
            : Digits.of(expected) + " to " + Digits.of(expected + resent);
    return new Row(
        what, range, Digits.of(actual), actual >= expected && actual <= expected + resent);
  }

  private static Map<String, String> flat(Figures f) {
    Map<String, String> flat = new LinkedHashMap<>();
    flat.put(
        "events neither charged, duplicate nor suspended",
        Digits.of(f.received() - f.charged() - f.duplicates() - f.suspendedInAll()));
    flat.put("events charged", Digits.of(f.charged()));
    f.suspended().forEach((reason, n) -> flat.put("suspended, " + reason, Digits.of(n)));
    flat.put("energy charged, mWh", Digits.of(f.energyMilliwattHours()));
    flat.put("leases charged", Digits.of(f.leases()));
    flat.put("lamps right to the last unit", Digits.of(f.rightLamps()));
    for (Books b : f.books()) {
      String period = f.books().size() == 1 ? "" : "period " + b.period() + ", ";
      flatten(period + "invoice ", b.invoice(), flat);
      b.partners().forEach(p -> flatten(period + "statement ", p, flat));
    }
    f.erp().forEach((key, total) -> flat.put("in the ERP, " + key, Digits.of(total)));
    return flat;
  }

  private static void flatten(String kind, Books.Statement s, Map<String, String> flat) {
    String name = kind + s.account();
    for (Books.Line line : s.lines()) {
      String what = name + ", " + (line.offer() + " " + line.name()).strip();
      flat.merge(what + ", exact", Digits.of(line.exact()), (a, b) -> a + " and " + b);
      flat.merge(what, Digits.of(line.amount()), (a, b) -> a + " and " + b);
    }
    flat.put(name + ", total", Digits.of(s.total()));
  }
}
