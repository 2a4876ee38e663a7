package io.millrace.processors.explain;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.ChargeRule;
import io.millrace.catalog.Offer;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Sponsor;
import io.millrace.processors.shard.ChargeId;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.ShardKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks a sealed charge against the journal that it came from: hand in each journal row and each
 * event that its evidence names, then ask for the verdicts. Has one owner.
 */
public final class ChargeProof {
  /** Faults of one check that are named; the others are counted. */
  private static final int MOST_NAMED = 5;

  private final ChargeId id;
  private final ChargeRow charge;
  private final List<String> journal = new ArrayList<>();
  private final List<String> events = new ArrayList<>();
  private final List<String> raw = new ArrayList<>();
  private final Set<Seen> seen = new HashSet<>();
  private int journalRows;
  private int withoutRaw;
  private long quantity;
  private boolean overflow;
  private long firstAt = Long.MAX_VALUE;
  private long lastAt = Long.MIN_VALUE;

  private record Seen(Ref ref, @Nullable Long moment) {}

  /** A proof of this charge, which carries the digest that it was sealed with. */
  public ChargeProof(ChargeId id, ChargeRow charge) {
    this.id = id;
    this.charge = charge;
  }

  /** Whether a charge is what its digest was made of. */
  public static boolean isSealed(ChargeId id, ChargeRow charge) {
    byte[] digest = Digests.charge(new ShardKey(id.tenant(), id.shard()), id.seq(), charge);
    return Arrays.equals(digest, charge.digest());
  }

  /** Checks the hashes of a journal row; its evidence is null once its retention has passed. */
  public void journalRow(
      long number,
      int rules,
      byte[] rating,
      byte @Nullable [] evidence,
      byte[] evidenceHash,
      byte[] digest) {
    journalRows++;
    byte[] expected = JournalCodec.digest(number, id.tenant(), rules, rating, evidenceHash);
    if (!Arrays.equals(expected, digest)) {
      journal.add("journal row " + number + " is not what its digest was made of");
    }
    if (evidence == null) {
      withoutRaw++;
    } else if (!Arrays.equals(JournalCodec.hash(evidence), evidenceHash)) {
      journal.add("the evidence of journal row " + number + " is not what its hash was made of");
    }
  }

  /** A journal row that isn't there, or can't be read. */
  public void journalLost(long number, String why) {
    journal.add("journal row " + number + " " + why);
  }

  /**
   * Checks an event against the charge.
   *
   * @param reading what it adds to the quantity
   */
  public void event(Ref ref, int shard, long subscription, long occurredAt, long reading) {
    check(new Seen(ref, null), shard, subscription, occurredAt, reading);
  }

  /** Checks what an event added at a moment: its own, or that of a reading after it. */
  public void moved(Ref ref, int shard, long subscription, long moment, long quantity) {
    check(new Seen(ref, moment), shard, subscription, moment, quantity);
  }

  private void check(Seen once, int shard, long subscription, long moment, long reading) {
    Ref ref = once.ref;
    if (!seen.add(once)) {
      events.add(ref.text() + " is listed twice");
    }
    if (subscription != charge.subscription() || shard != id.shard()) {
      events.add(ref.text() + " is another subscription's");
    }
    if (moment < charge.windowStart() || moment >= charge.windowEnd()) {
      events.add(ref.text() + " took place outside the charge's window");
    }
    firstAt = Math.min(firstAt, moment);
    lastAt = Math.max(lastAt, moment);
    try {
      quantity = Math.addExact(quantity, reading);
    } catch (ArithmeticException e) {
      overflow = true;
    }
  }

  /** An event that can't be found where the evidence says. */
  public void eventLost(Ref ref, String why) {
    events.add(ref.text() + " " + why);
  }

  /** An event whose raw bytes say something else than what was charged. */
  public void rawDiffers(Ref ref) {
    raw.add(ref.text() + " was charged as something else than its raw bytes say");
  }

  /**
   * What all of it came to.
   *
   * @param chain what following the shard's chain came to
   * @param rules that the charge was priced by; null where they are not known
   * @param walk of its events up the price curve; null where the charge has no curve
   * @param before for a line of a period's end, what it had asked before; for what another account
   *     pays, what is given back and charged for it; ledger units
   */
  public List<Verdict> verdicts(
      Verdict chain, @Nullable Rules rules, @Nullable PriceWalk walk, long before) {
    List<Verdict> all = new ArrayList<>();
    boolean sealed = isSealed(id, charge);
    all.add(
        new Verdict(
            "charge",
            sealed,
            sealed
                ? "the charge is what its digest was made of"
                : "charge " + id + " is not what its digest was made of"));
    all.add(
        verdict(
            "journal",
            journal,
            Verdict.words("%,d journal rows are what their digests say", journalRows)));
    all.add(chain);
    if (seen.size() != charge.events()) {
      events.add(seen.size() + " events are there, the charge is for " + charge.events());
    } else if (!seen.isEmpty() && (firstAt != charge.firstAt() || lastAt != charge.lastAt())) {
      events.add("the first or last event is not from the time that the charge says");
    }
    all.add(
        verdict(
            "events",
            events,
            Verdict.words("%,d events are this subscription's, in the window", seen.size())));
    if (withoutRaw > 0) {
      raw.add("the raw bytes of " + withoutRaw + " journal rows are past their retention");
    }
    all.add(verdict("raw", raw, "the raw bytes say what was charged"));
    all.add(quantities(rules));
    all.add(rules == null ? unpriced() : price(rules, walk, before));
    return all;
  }

  private static Verdict verdict(String check, List<String> faults, String good) {
    if (faults.isEmpty()) {
      return new Verdict(check, true, good);
    }
    List<String> named = faults.subList(0, Math.min(MOST_NAMED, faults.size()));
    int more = faults.size() - named.size();
    return new Verdict(
        check, false, String.join("; ", named) + (more > 0 ? "; and " + more + " more" : ""));
  }

  private Verdict quantities(@Nullable Rules rules) {
    if (Sponsor.isLine(charge.offer())) {
      return new Verdict("quantity", charge.quantity() == 0, "what another account pays has none");
    }
    if (charge.events() == 0) {
      return timesOf(rules == null ? null : rule(rules, charge));
    }
    if (!overflow && quantity == charge.quantity()) {
      return new Verdict("quantity", true, "the readings add up to the quantity");
    }
    return new Verdict(
        "quantity",
        false,
        "the readings add up to "
            + (overflow ? "more than a number holds" : String.valueOf(quantity))
            + " scaled units, the charge says "
            + charge.quantity());
  }

  /**
   * What is of time is charged once. What is given back of it was counted when it was charged.
   *
   * @param rule null where it is not known
   */
  private Verdict timesOf(@Nullable ChargeRule rule) {
    long times = charge.quantity();
    boolean back = charge.delta() && rule instanceof ChargeRule.Recurring;
    boolean either = charge.delta() && rule == null;
    if (back ? times == 0 : times == 1 || either && times == 0) {
      return new Verdict(
          "quantity",
          true,
          times == 0 ? "it is given back of what was counted before" : "it is of time, once");
    }
    return new Verdict(
        "quantity",
        false,
        "it is of time, "
            + (back ? "given back, which counts 0 times" : "once")
            + ", the charge says "
            + times);
  }

  private static Verdict unpriced() {
    return new Verdict("price", false, "the catalog version that priced it is not known here");
  }

  /** How much is priced at what; empty where that can't be told. */
  public List<PriceLine> lines(Rules rules) {
    ChargeRule rule = rule(rules, charge);
    try {
      return rule == null ? List.of() : PriceLines.of(rule, rules.catalog(), charge).lines();
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      return List.of(); // the verdict says why
    }
  }

  /** What a charge is charged by; null where the rules have no such charge. */
  static @Nullable ChargeRule rule(Rules rules, ChargeRow charge) {
    Catalog catalog = rules.catalog(charge.catalog());
    Offer offer = catalog == null ? null : catalog.offers().get(charge.offer());
    if (offer != null) {
      for (ChargeRule each : offer.charges()) {
        if (each.name().equals(charge.name())) {
          return each;
        }
      }
    }
    return null;
  }

  /**
   * What was given back for the charge's window is what another account was charged.
   *
   * @param both what those come to together, nothing where some may be under way
   */
  private static Verdict paid(long both) {
    return new Verdict(
        "price",
        both == 0,
        both == 0
            ? "what is given back to one account is charged to another, or on its way there"
            : Verdict.words("%,d ledger units are given back that no account is charged", -both));
  }

  private Verdict price(Rules rules, @Nullable PriceWalk walk, long before) {
    if (Sponsor.isLine(charge.offer())) {
      return paid(before);
    }
    ChargeRule rule = rule(rules, charge);
    if (rule == null) {
      return new Verdict("price", false, "the catalog has no charge of that name");
    }
    try {
      PriceLines lines = PriceLines.of(rule, rules.catalog(), charge);
      return switch (rule) {
        case ChargeRule.OneOff o -> price(lines.amount(), "the amount that is due once");
        case ChargeRule.AtClose c ->
            price(
                Math.subtractExact(lines.amount(), before),
                "what the period's charges ask for at its end");
        case ChargeRule.Discount d ->
            price(
                Math.subtractExact(lines.amount(), before),
                "what the tier that the period's charges reach takes off");
        case ChargeRule.Recurring r -> price(lines.amount(), "the amount that recurs");
        case ChargeRule.Usage u -> usagePrice(u, lines, walk);
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return new Verdict("price", false, "what it says to be made of is damaged");
    } catch (ArithmeticException e) {
      return new Verdict("price", false, "the quantity has no price that a number holds");
    }
  }

  private Verdict usagePrice(ChargeRule.Usage rule, PriceLines lines, @Nullable PriceWalk walk) {
    if (PriceLines.countsUnits(rule) && lines.units() != charge.quantity()) {
      return new Verdict(
          "price",
          false,
          Verdict.words(
              "its lines are for %,d scaled units, the charge for %,d",
              lines.units(), charge.quantity()));
    }
    if (walk == null) {
      return new Verdict("price", false, "its events were not priced once more");
    }
    if (!walk.faults().isEmpty()) {
      return verdict("price", walk.faults(), "");
    }
    if (walk.isPastHorizon()) {
      return pricePastHorizon(lines.amount());
    }
    Verdict price = price(walk.amount(), "the price of its events from where the curve stood");
    byte[] priced = rule.isOrdered() ? PriceLines.pricedOf(rule, charge.tiers()) : charge.tiers();
    return price.good() && !Arrays.equals(walk.tiers(), priced)
        ? new Verdict("price", false, "what it says to be made of is not what its events moved")
        : price;
  }

  /**
   * Where the curve stood may have been forgotten by then, and nothing tells whether it was: what
   * is left to check is that the lines come to the amount. Each event was rounded on its own.
   */
  private Verdict pricePastHorizon(long expected) {
    boolean good = Math.absExact(Math.subtractExact(charge.amount(), expected)) <= charge.events();
    return new Verdict(
        "price",
        good,
        Verdict.words(
            "it was let in past the horizon, where the curve's positions are forgotten; its lines"
                + " come to %,d ledger units, the amount is %,d",
            expected, charge.amount()));
  }

  private Verdict price(long expected, String what) {
    return charge.amount() == expected
        ? new Verdict("price", true, "the amount is " + what + ", to the unit")
        : new Verdict(
            "price",
            false,
            Verdict.words(
                "the amount is %,d ledger units, %s is %,d", charge.amount(), what, expected));
  }
}
