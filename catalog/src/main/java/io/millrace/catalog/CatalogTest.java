package io.millrace.catalog;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a catalog is expected to charge: cases of one device each, or of devices that share, in a
 * file beside it.
 *
 * @param file as the user named it, for problems
 */
public record CatalogTest(String file, List<Case> cases) {

  public CatalogTest {
    cases = List.copyOf(cases);
  }

  /**
   * A device, what it used, and what that comes to.
   *
   * @param name what it shows
   * @param at where it stands
   * @param offer of the device
   * @param from first moment of its subscription
   * @param to first moment after it; empty where it goes on
   * @param until up to when time passes after the last use
   * @param given what accounts have bought, and what sponsors have
   * @param usage in the order in which it arrives
   * @param expected what each charge comes to up to then
   * @param total what all come to, where it is told
   * @param shares what each party gets of it, by name, where that is told
   * @param sponsors what each sponsor pays of it, by name, where that is told
   */
  public record Case(
      String name,
      Place at,
      Offer offer,
      Instant from,
      Optional<Instant> to,
      Instant until,
      List<TopUp> given,
      List<Use> usage,
      List<Expected> expected,
      Optional<Amount> total,
      Optional<Map<String, Amount>> shares,
      Optional<Map<String, Amount>> sponsors) {

    /** The names of its devices, in the order in which they are first used; one at least. */
    public List<String> devices() {
      List<String> named = usage.stream().map(Use::device).distinct().toList();
      return named.isEmpty() ? List.of("") : named;
    }

    public Case {
      given = List.copyOf(given);
      usage = List.copyOf(usage);
      expected = List.copyOf(expected);
    }
  }

  /** A place in the file; both count from 1. */
  public record Place(int line, int column) {}

  /**
   * An event.
   *
   * @param at when it took place
   * @param eventType its CloudEvents type
   * @param device the name of its device, empty where there is one only
   * @param readings by the meter that takes them, in the meter's scaled integers
   */
  public record Use(
      Place place, Instant at, String eventType, String device, Map<String, Long> readings) {
    public Use {
      readings = Map.copyOf(readings);
    }
  }

  /** An amount of money, exact, in the catalog's currency, as it is expected. */
  public record Amount(Place place, BigDecimal value) {}

  /**
   * What a charge comes to.
   *
   * @param quantity in the charge's unit, where it is told
   * @param tax the code of its tax, where it is told
   * @param lines what it is made of, where that is told
   */
  public record Expected(
      Place place,
      ChargeRule charge,
      Optional<BigDecimal> quantity,
      Amount amount,
      Optional<Word> tax,
      Optional<List<Line>> lines) {}

  /** A word as it is expected. */
  public record Word(Place place, String text) {}

  /**
   * A line of what it is made of, with those of the same words added up.
   *
   * @param what its words
   * @param quantity where it is told
   */
  public record Line(Place place, String what, Optional<BigDecimal> quantity, BigDecimal amount) {}
}
