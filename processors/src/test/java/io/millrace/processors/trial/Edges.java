package io.millrace.processors.trial;

import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Writes the catalog's test of a golden row: what is used as {@code 2026-01-05T10:00 -3}. */
final class Edges {
  private static final Pattern EVENT =
      Pattern.compile("(\\d\\S*Z?) (-?\\d+)(?: (?!on )([a-z]+))?(?: on ([a-z]+))?");

  private Edges() {}

  /**
   * A file of one case, over the calendar year of its first event, of an offer {@code plan}.
   *
   * @param events in the order in which they come, each with its watt-hours, and what it is or
   *     whose where there are several: {@code 2026-01-05T10:00 7 use on a}; a door has none
   * @param expected charges and what each comes to: {@code use 5, fee 1}
   */
  static String test(String events, String expected) {
    return test("", events, expected);
  }

  /**
   * The same, of accounts that have something.
   *
   * @param given lines of {@code given} and the like, by two blanks deeper than a case
   */
  static String test(String given, String events, String expected) {
    StringBuilder usage = new StringBuilder();
    TreeSet<String> moments = new TreeSet<>();
    Matcher event = EVENT.matcher(events);
    while (event.find()) {
      String type = event.group(3) == null ? "" : ", event: " + event.group(3);
      String device = event.group(4) == null ? "" : ", device: " + event.group(4);
      String wh = "door".equals(event.group(3)) ? "" : ", wh: " + event.group(2);
      usage.append("      - {at: %s%s%s%s}%n".formatted(event.group(1), wh, type, device));
      moments.add(event.group(1));
    }
    StringBuilder expect = new StringBuilder();
    for (String each : expected.split(", ")) {
      String[] words = each.split(" ");
      expect.append("      %s: {amount: %s}%n".formatted(words[0], words[1]));
    }
    String year = moments.first().substring(0, 4);
    return """
    tests: edges
    cases:
      - case: an edge
        offer: plan
        from: %s-01-01
        until: %d-01-01
    %s    usage:
    %s    expect:
    %s\
    """
        .formatted(year, Integer.parseInt(year) + 1, given, usage, expect);
  }
}
