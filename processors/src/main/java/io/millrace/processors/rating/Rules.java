package io.millrace.processors.rating;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Meter;
import io.millrace.catalog.Offer;
import io.millrace.processors.ledger.Split;
import io.millrace.processors.ledger.UnitShares;
import io.millrace.processors.usage.UsageBatch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * A version of a tenant's rules, compiled: what {@code apply} needs of the catalog's versions, by
 * numbers that stay as versions come.
 *
 * @param version as activated in all the tenant's shards at once
 * @param catalog all that any version says, each offer as it is known last
 * @param catalogs the versions, ascending by the time from which they hold; one at least
 * @param types the event types that some meter reads, by their numbers
 * @param offers by their numbers
 * @param numbers of the offers, by their names
 * @param periods the settlement periods
 * @param revenue the ledger account of what customers are charged
 * @param shared the ledger account of what partners get of it
 * @param shards among how many the tenant's roots are spread
 * @param horizon how old an event may be, in milliseconds
 * @param future how far ahead of the shard's time an event may be, in milliseconds
 * @param mostSuspended fingerprints of suspended events that a shard remembers of a source, at most
 */
public record Rules(
    int version,
    Catalog catalog,
    List<Catalog> catalogs,
    List<EventType> types,
    List<OfferHistory> offers,
    Map<String, Integer> numbers,
    Periods periods,
    int revenue,
    int shared,
    int shards,
    long horizon,
    long future,
    int mostSuspended) {

  /** How long a (source, subject, id) is remembered, and so how old an event may be. */
  public static final Duration HORIZON = Duration.ofDays(35);

  /** How far ahead of the shard's time an event may be. */
  public static final Duration FUTURE = Duration.ofHours(1);

  /**
   * Fingerprints of suspended events that a shard remembers of a source, at most: a flood of poison
   * must not grow the state, and so each checkpoint, without bound.
   */
  public static final int MOST_SUSPENDED = 4_096;

  /**
   * An event type and the readings that its events must carry.
   *
   * @param name the CloudEvents {@code type}
   * @param meters the meters that read a field of it: the order of a row's values
   * @param required by a meter's place: whether every version reads it, so that no event may be
   *     without it
   */
  public record EventType(String name, List<Meter> meters, List<Boolean> required) {

    /** The quantity that a use measures by the one of the meters that it names. */
    public long used(UsageBatch usage, int row) {
      int from = usage.valueFrom[row];
      long sum = 0;
      for (int v = from; v < usage.valueFrom[row + 1]; v++) {
        boolean measures = usage.values[v] != UsageBatch.NOT_READ && isMeasured(v - from);
        sum += measures ? usage.values[v] : 0; // All but one are 0.
      }
      return sum;
    }

    /** Whether a reading is a quantity: not what an event says, nor that it counts. */
    public boolean isMeasured(int value) {
      Meter meter = meters.get(value);
      return !meter.tells() && meter.aggregate() != Meter.Aggregate.COUNT;
    }
  }

  /**
   * An offer as a version of the catalog has it, compiled.
   *
   * @param catalog that version
   * @param from when it begins to hold; {@link Long#MIN_VALUE} for the first version
   * @param usage the charges that usage moves
   * @param recurring the charges that time moves
   * @param closing the lines that a period's end brings, in the file's order
   * @param sharings how what is posted is shared: as the offer says, then as charges do themselves
   * @param sharingOf by a charge's number: which of them it is shared by, −1 where the operator
   *     keeps all of it, −2 where this version has no such charge
   * @param sponsors who pays in the place of the subscription's account
   * @param gauged whether the readings of some meter don't just add up, or are of some events only
   */
  public record OfferRules(
      Catalog catalog,
      long from,
      Offer offer,
      Windows windows,
      List<UsageCharge> usage,
      List<RecurringCharge> recurring,
      List<CloseCharge> closing,
      List<Sharing> sharings,
      int[] sharingOf,
      Sponsors sponsors,
      boolean gauged) {

    /** Of a charge that a version does not have. */
    static final int NO_CHARGE = -2;

    /** Whether this version has a charge. */
    public boolean has(int charge) {
      return sharingOf[charge] != NO_CHARGE;
    }

    /** How a charge of this version is shared; null where the operator keeps all of it. */
    public @Nullable Sharing sharing(int charge) {
      return sharingOf[charge] < 0 ? null : sharings.get(sharingOf[charge]);
    }

    /** How charges without an agreement of their own are shared; null where they are not. */
    public @Nullable Sharing common() {
      return sharings.isEmpty() || sharings.getFirst().index() > 0 ? null : sharings.getFirst();
    }

    /** What recurs in a slot; null where nothing does. */
    public @Nullable RecurringCharge inSlot(int slot) {
      for (RecurringCharge each : recurring) {
        if (each.slot() == slot) {
          return each;
        }
      }
      return null;
    }
  }

  /**
   * An agreement, compiled.
   *
   * @param index tells it from the offer's others, for good: 0 for the offer's own, else the
   *     charge's number and 1
   * @param line the name of its lines: empty for the offer's own, else the charge's
   * @param split in ledger units
   * @param units what parties get for units; null where they get nothing for them
   * @param parties the partners' ledger accounts, in the agreement's order
   */
  public record Sharing(
      int index, String line, Split split, @Nullable UnitShares units, int[] parties) {}

  /**
   * A charge for usage.
   *
   * @param index its number in the offer
   * @param revision tells its price from those it has had before; by the versions' numbers
   * @param carried the revisions before it whose progress up their curves it goes on from, the last
   *     one first; none where it starts anew
   * @param type the event type it reads, by number
   * @param value index of its reading in a row's values, −1 where it counts events
   * @param counted what a reading counts for
   * @param curve what the total of what counts costs
   * @param band the only one whose use it is for, by its index; −1 where it is for all use
   * @param told index of the reading that tells the bands whose {@code when} an event meets, −1
   *     where they have none
   * @param clock tells the bands; null where it is for all use
   * @param gauging how readings become a quantity where they don't just add up; else null
   * @param bundle the meters that it is for where there are several, with a type of −1; else null
   * @param drawn the allowances that its use draws on, in that order; none where what is included
   *     is the beginning of the curve
   */
  public record UsageCharge(
      int index,
      int revision,
      int[] carried,
      String name,
      int type,
      int value,
      QuantitySteps counted,
      PriceCurve curve,
      int band,
      int told,
      @Nullable BandClock clock,
      @Nullable Gauging gauging,
      @Nullable Bundle bundle,
      List<Drawn> drawn) {

    /** Whether it is for events of a type. */
    public boolean reads(int eventType) {
      return type == eventType || bundle != null && bundle.reads(eventType);
    }

    /**
     * What an event has of its reading: {@link UsageBatch#ABSENT} or {@link UsageBatch#NOT_READ}
     * where it has none.
     *
     * @param values the readings of rows
     * @param from where the event's begin
     */
    public long seen(int eventType, long[] values, int from) {
      return bundle == null
          ? value < 0 ? 1 : values[from + value]
          : bundle.seen(eventType, values, from);
    }

    /** How many numbers a charge's record has: those of the price, then pairs for {@code drawn}. */
    public int slots() {
      return curve.slots() + 2 * Drawn.slots(drawn);
    }

    /** Whether the list of a charge's events says what of each was priced, and when. */
    public boolean listsMoves() {
      return gauging != null || !drawn.isEmpty();
    }

    /** Whether it is for use at this time whose event says nothing that a band asks for. */
    public boolean isFor(long occurredAt) {
      return clock == null || clock.bandAt(occurredAt, 0) == band;
    }

    /**
     * Whether it is for use at this time.
     *
     * @param values the readings of rows
     * @param from where the event's begin
     */
    public boolean isFor(long occurredAt, long[] values, int from) {
      return clock == null || clock.bandAt(occurredAt, told < 0 ? 0 : values[from + told]) == band;
    }

    /** Whether what an event adds may count before it: a level's time, where silence ended it. */
    public boolean countsBefore() {
      return gauging != null && gauging.holdsFor() > 0;
    }

    /** Whether a quantity costs the same by however many events it comes. */
    public boolean addsUp() {
      boolean adds = bundle == null ? value >= 0 && gauging == null : bundle.addsUp();
      return adds && counted.changesNothing();
    }

    /**
     * What an event adds to the quantity where readings just add up.
     *
     * @param values the readings of rows
     * @param from where the event's begin
     * @throws ArithmeticException where it is no {@code long}
     */
    public long quantity(int eventType, long[] values, int from) {
      return counted.of(
          bundle != null
              ? bundle.quantity(eventType, values, from)
              : value < 0 ? 1 : values[from + value]);
    }
  }

  /**
   * A recurring charge.
   *
   * @param index its number in the offer
   * @param slot its place among what recurs in the offer in any version
   */
  public record RecurringCharge(int index, int slot, String name, Recurrence recurrence) {}

  /**
   * A line of a period's end.
   *
   * @param index its number in the offer
   * @param line what it comes to, by the sum of its charges; both in ledger units
   * @param of the charges that it is of, by their numbers
   */
  public record CloseCharge(int index, String name, LongUnaryOperator line, int[] of) {

    /**
     * What the line comes to, in ledger units.
     *
     * @param sum of the charges that it is of
     */
    public long amountAt(long sum) {
      return line.applyAsLong(sum);
    }
  }

  /** A ledger account by kind and name. */
  public record AccountName(String kind, String name) {}

  /**
   * Compiles a catalog that has one version.
   *
   * @param version the rules' version
   * @param shards how many the tenant has
   * @param accounts the ledger account of a name, for revenue, shared and partners
   */
  public static Rules compile(
      int version, int shards, Catalog catalog, ToIntFunction<AccountName> accounts) {
    return compile(version, shards, List.of(catalog), List.of(catalog), accounts);
  }

  /**
   * Compiles the versions of a catalog.
   *
   * @param version the rules' version
   * @param shards how many the tenant has
   * @param known all versions that were ever activated, the first one first: offers, charges and
   *     types have their numbers by it for good
   * @param held those of them that hold
   * @param accounts the ledger account of a name, for revenue, shared and partners
   */
  public static Rules compile(
      int version,
      int shards,
      List<Catalog> known,
      List<Catalog> held,
      ToIntFunction<AccountName> accounts) {
    return new RulesCompiler(known, held, accounts).compile(version, shards);
  }

  /** A version by its hash; null where none of these has it. */
  public @Nullable Catalog catalog(String hash) {
    for (Catalog each : catalogs) {
      if (each.hash().equals(hash)) {
        return each;
      }
    }
    return null;
  }

  /** The version that holds at a time; the first one before any. */
  public Catalog catalogAt(long time) {
    Catalog found = catalogs.getFirst();
    for (Catalog each : catalogs) {
      if (each.effective().toEpochMilli() <= time) {
        found = each;
      }
    }
    return found;
  }

  /**
   * All that a period is settled by: what the versions say that began before it ended, each offer
   * and charge as the last one has it that has it.
   */
  public Catalog catalogOf(int period) {
    long end = periods.endOf(period);
    List<Catalog> begun =
        catalogs.stream().filter(c -> c.effective().toEpochMilli() < end).toList();
    return MergedVersions.of(begun.isEmpty() ? catalogs.subList(0, 1) : begun);
  }

  /**
   * The same rules for events of any age.
   *
   * @param reach how old an event may be, and how far ahead of the shard's time, in milliseconds
   */
  public Rules reaching(long reach) {
    return new Rules(
        version,
        catalog,
        catalogs,
        types,
        offers,
        numbers,
        periods,
        revenue,
        shared,
        shards,
        reach,
        reach,
        mostSuspended);
  }

  /**
   * Ledger units that usage may move in a shard, up and down, for one period: so few that whatever
   * is summed of them, over windows, accounts or shards, fits a {@code long}, and as much again for
   * what recurs.
   */
  public long mostMoved() {
    return Long.MAX_VALUE / 2 / Math.max(shards, 4);
  }

  /**
   * The quantity that an account may reach in a shard on one charge: all shards' fit a {@code
   * long}.
   */
  public long mostUsed() {
    return Long.MAX_VALUE / shards;
  }

  /** The offer's number by its name, −1 where there is none. */
  public int offerIndex(String name) {
    return numbers.getOrDefault(name, -1);
  }
}
