package io.millrace.ops.rest;

import io.millrace.catalog.Unit;
import io.millrace.ops.Refusal;
import io.millrace.ops.node.AccountDesk;
import io.millrace.ops.node.NchfConfig;
import io.millrace.ops.node.NchfConfig.Measured;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a request says of one rating group, in what the operator has it counted by: seconds, bytes
 * or units.
 *
 * @param terms the operator's
 * @param reading of its meter
 * @param asked 0 where nothing is
 * @param used 0 where nothing was
 */
record RatingGroup(
    long number, NchfConfig.Group terms, AccountDesk.Reading reading, long asked, long used) {

  /** The number of a rating group of a request. */
  static long number(Map<?, ?> said) {
    return said.get("ratingGroup") instanceof Long n ? n : -1;
  }

  /** How much was used, in what is counted; the sum of all containers. */
  static long used(Map<?, ?> said, Measured measured) throws Refusal {
    long sum = 0;
    if (said.get("usedUnitContainer") instanceof List<?> containers) {
      for (Object each : containers) {
        if (each instanceof Map<?, ?> container) {
          sum = sum(sum, of(container, measured));
        }
      }
    }
    return sum;
  }

  private static long of(Map<?, ?> container, Measured measured) throws Refusal {
    Long said = said(container, measured.member());
    if (said != null || measured != Measured.TOTAL_VOLUME) {
      return said == null ? 0 : said;
    }
    Long up = said(container, "uplinkVolume");
    Long down = said(container, "downlinkVolume");
    return sum(up == null ? 0 : up, down == null ? 0 : down);
  }

  private static long sum(long a, long b) throws Refusal {
    if (a + b < 0) {
      throw new Refusal(
          Refusal.Kind.MISUSE,
          Schema.BAD_MEMBER,
          "`usedUnitContainer` is not what the contract says",
          "what was used fits 63 bits");
    }
    return a + b;
  }

  /** How much is asked for; null where nothing is, −1 where how much is left to the node. */
  static @Nullable Long asked(Map<?, ?> said, Measured measured) {
    if (!(said.get("requestedUnit") instanceof Map<?, ?> requested)) {
      return null;
    }
    Long amount = said(requested, measured.member());
    return amount == null ? Long.valueOf(-1) : amount;
  }

  private static @Nullable Long said(Map<?, ?> members, String name) {
    return members.get(name) instanceof Long n ? n : null;
  }

  /** Whether what was used are several events of a meter that counts. */
  boolean isSeveral() {
    return reading.counts() && used > 1;
  }

  /** An amount in its meter's scaled integers; empty where the meter can't say it exactly. */
  Optional<Long> scaled(long amount) {
    if (reading.counts() && amount != 1) {
      return Optional.empty(); // Each event of it counts as one.
    }
    BigInteger[] parts =
        BigInteger.valueOf(amount).multiply(perMeterUnit()).divideAndRemainder(factor());
    return parts[1].signum() == 0 && parts[0].bitLength() < 63
        ? Optional.of(parts[0].longValue())
        : Optional.empty();
  }

  /** So much of the meter's scaled integers, as a decimal of its unit. */
  String decimal(long quantity) {
    return BigDecimal.valueOf(quantity, reading.counts() ? 0 : reading.meter().scale())
        .toPlainString();
  }

  /** So much of the meter's scaled integers, in whole ones of what is counted. */
  long whole(long quantity) {
    return BigInteger.valueOf(quantity).multiply(factor()).divide(perMeterUnit()).longValueExact();
  }

  private BigInteger perMeterUnit() {
    return BigInteger.TEN.pow(Math.max(0, reading.counts() ? 0 : reading.meter().scale()));
  }

  private BigInteger factor() {
    return terms.measured().dimension().isEmpty()
        ? BigInteger.ONE
        : BigInteger.valueOf(reading.meter().unit().factor());
  }

  /** Whether its meter can be what it is counted by. */
  boolean fits() {
    Unit unit = reading.meter().unit();
    String dimension = terms.measured().dimension();
    return dimension.isEmpty() || !reading.counts() && dimension.equals(unit.dimension());
  }
}
