package io.millrace.catalog;

import java.util.Currency;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A unit of measure: a decimal multiple of the base unit of its dimension. Symbols are the SI's,
 * case-sensitive: {@code kWh} is one, {@code KWH} is not.
 *
 * @param symbol as written in catalogs
 * @param dimension units convert within one dimension only
 * @param factor base units in one of this unit
 */
public record Unit(String symbol, String dimension, long factor) {

  /** All units a catalog can name, beside that of its currency. */
  public static final List<Unit> ALL =
      List.of(
          new Unit("Wh", "energy", 1),
          new Unit("kWh", "energy", 1_000),
          new Unit("MWh", "energy", 1_000_000),
          new Unit("GWh", "energy", 1_000_000_000),
          new Unit("W", "power", 1),
          new Unit("kW", "power", 1_000),
          new Unit("MW", "power", 1_000_000),
          new Unit("B", "data", 1),
          new Unit("kB", "data", 1_000),
          new Unit("MB", "data", 1_000_000),
          new Unit("GB", "data", 1_000_000_000),
          new Unit("TB", "data", 1_000_000_000_000L),
          new Unit("KiB", "data", 1L << 10),
          new Unit("MiB", "data", 1L << 20),
          new Unit("GiB", "data", 1L << 30),
          new Unit("TiB", "data", 1L << 40),
          new Unit("s", "time", 1),
          new Unit("min", "time", 60),
          new Unit("h", "time", 3_600),
          new Unit("d", "time", 86_400),
          new Unit("m", "length", 1),
          new Unit("km", "length", 1_000),
          new Unit("L", "volume", 1),
          new Unit("m3", "volume", 1_000),
          new Unit("each", "count", 1),
          new Unit("credit", "credits", 1));

  /** What the meters of a bundle are counted in together. */
  static final String CREDIT = "credit";

  private static final String OVER_TIME = " over time";

  /** What units of money measure; their symbol is the currency's code. */
  public static final String MONEY = "money";

  /** The unit of a currency. */
  public static Unit of(Currency currency) {
    return new Unit(currency.getCurrencyCode(), MONEY, 1);
  }

  /** What a level comes to over time, by the symbol's end: a GB that is held for an hour. */
  static final Map<String, Integer> SECONDS = Map.of("-hour", 3_600, "-day", 86_400);

  /** The unit with this symbol, if there is one. */
  public static Optional<Unit> of(String symbol) {
    for (Map.Entry<String, Integer> each : SECONDS.entrySet()) {
      if (symbol.endsWith(each.getKey())) {
        String level = symbol.substring(0, symbol.length() - each.getKey().length());
        return ALL.stream()
            .filter(u -> u.symbol.equals(level))
            .findFirst()
            .map(u -> u.over(each.getKey(), each.getValue()));
      }
    }
    return ALL.stream().filter(u -> u.symbol.equals(symbol)).findFirst();
  }

  /** What one of this unit comes to in a second. */
  Unit overTime() {
    return over("-s", 1);
  }

  /** Whether a level's time counts in it. */
  public boolean isOverTime() {
    return dimension.endsWith(OVER_TIME);
  }

  private Unit over(String time, int seconds) {
    return new Unit(
        symbol + time, dimension + OVER_TIME, Math.multiplyExact(factor, (long) seconds));
  }
}
