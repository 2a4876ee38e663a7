package io.millrace.ops.demo.manifest;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The generator's record of every event it published, kept as sums: 8 bytes for each lamp and
 * settlement period. It expects that periods close after the last event is in, so nothing is late.
 *
 * <p>One thread records; the results are read once it has ended.
 */
public final class Manifest {
  private final int lamps;
  private final Instant start;
  private final Duration length;
  private final Terms terms;
  private final long periodMillis;
  private final long[] @Nullable [] energy;
  private final SortedMap<String, Long> suspended = new TreeMap<>();
  private long charged;
  private long duplicates;
  private long heldBack;

  /**
   * An empty record of one run.
   *
   * @param lamps how many report, numbered from 1
   * @param start when the run and the first period begin
   * @param length of the run; 1 minute at least
   */
  public Manifest(int lamps, Instant start, Duration length, Terms terms) {
    if (lamps < 1 || length.toMinutes() < 1) {
      throw new IllegalArgumentException("a run has a lamp and a minute at least");
    }
    this.lamps = lamps;
    this.start = start;
    this.length = length;
    this.terms = terms;
    periodMillis = terms.period().toMillis();
    energy = new long[Math.toIntExact(ceilDiv(length.toMillis(), periodMillis))][];
  }

  private static long ceilDiv(long a, long b) {
    return -Math.floorDiv(-a, b);
  }

  /**
   * A good report, published for the first time.
   *
   * @param lamp from 1
   * @param occurredAt milliseconds since 1970-01-01 UTC, within the run
   * @param milliwattHours its reading
   * @param late whether it was held back while later ones went ahead
   */
  public void report(int lamp, long occurredAt, int milliwattHours, boolean late) {
    int period = (int) ((occurredAt - start.toEpochMilli()) / periodMillis);
    long[] sums = energy[period];
    if (sums == null) {
      sums = new long[lamps];
      energy[period] = sums;
    }
    sums[lamp - 1] += milliwattHours;
    charged++;
    if (late) {
      heldBack++;
    }
  }

  /** A good report, published again. */
  public void duplicate() {
    duplicates++;
  }

  /**
   * An event that can't be charged.
   *
   * @param reason the code it must be suspended under
   */
  public void unchargeable(String reason) {
    suspended.merge(reason, 1L, Long::sum);
  }

  /** Good reports that were held back. */
  public long heldBack() {
    return heldBack;
  }

  /** How many settlement periods the run touches. */
  public int periods() {
    return energy.length;
  }

  /** A lamp's energy in a period, in mWh; lamps from 1, periods from 0. */
  public long energy(int lamp, int period) {
    long[] sums = energy[period];
    return sums == null ? 0 : sums[lamp - 1];
  }

  /** What a lamp's energy in a period costs: the price of the total, rounded once, half up. */
  public BigDecimal energyAmount(int lamp, int period) {
    return BigDecimal.valueOf(energy(lamp, period), 6)
        .multiply(terms.pricePerKwh())
        .setScale(terms.ledgerDigits(), RoundingMode.HALF_UP);
  }

  /**
   * Leases of one lamp that fall due in a period: at the run's start and at each midnight in it.
   */
  public int leases(int period) {
    Instant end = start.plus(length);
    int due = period == 0 ? 1 : 0;
    LocalDate day = start.atZone(terms.zone()).toLocalDate().plusDays(1);
    for (; ; day = day.plusDays(1)) {
      Instant midnight = day.atStartOfDay(terms.zone()).toInstant();
      if (!midnight.isBefore(end)) {
        return due;
      }
      if (Duration.between(start, midnight).toMillis() / periodMillis == period) {
        due++;
      }
    }
  }

  /**
   * Lamps that are right in every period.
   *
   * @param actual for each period, what the gateway charged
   */
  public int rightLamps(List<LampCharges> actual) {
    int right = 0;
    for (int lamp = 1; lamp <= lamps; lamp++) {
      boolean same = actual.size() == periods();
      for (int p = 0; same && p < periods(); p++) {
        LampCharges charges = actual.get(p);
        BigDecimal lease = terms.leasePerDay().multiply(BigDecimal.valueOf(leases(p)));
        same =
            charges.milliwattHours().applyAsLong(lamp) == energy(lamp, p)
                && charges.energyAmount().applyAsLong(lamp) == units(energyAmount(lamp, p))
                && charges.leaseAmount().applyAsLong(lamp) == units(lease);
      }
      right += same ? 1 : 0;
    }
    return right;
  }

  private long units(BigDecimal amount) {
    return amount.movePointRight(terms.ledgerDigits()).longValueExact();
  }

  /**
   * What a gateway charged the lamps in one period; each function takes a lamp from 1.
   *
   * @param milliwattHours the sum of its energy charges' quantities
   * @param energyAmount the sum of its energy charges, in ledger units
   * @param leaseAmount the sum of its leases, in ledger units
   */
  public record LampCharges(
      IntToLongFunction milliwattHours,
      IntToLongFunction energyAmount,
      IntToLongFunction leaseAmount) {}

  /** What the gateway and the ERP must come to. */
  public Figures expected() {
    List<Books> books = new ArrayList<>();
    long milliwattHours = 0;
    long leases = 0;
    for (int p = 0; p < periods(); p++) {
      BigDecimal used = BigDecimal.ZERO;
      for (int lamp = 1; lamp <= lamps; lamp++) {
        used = used.add(energyAmount(lamp, p));
        milliwattHours += energy(lamp, p);
      }
      long due = (long) leases(p) * lamps;
      leases += due;
      books.add(Settlement.of(terms, p, used, terms.leasePerDay().multiply(new BigDecimal(due))));
    }
    long unchargeable = suspended.values().stream().mapToLong(Long::longValue).sum();
    return new Figures(
        charged + duplicates + unchargeable,
        charged,
        duplicates,
        suspended,
        milliwattHours,
        leases,
        lamps,
        books,
        Figures.erpOf(books));
  }
}
