package io.millrace.processors.explain;

import io.millrace.catalog.ChargeRule;
import io.millrace.processors.explain.EvidenceList.Ref;
import io.millrace.processors.journal.JournalCodec;
import io.millrace.processors.rating.PriceCurve;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.UsageCharge;
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
  private final Set<Ref> seen = new HashSet<>();
  private int journalRows;
  private int withoutRaw;
  private long quantity;
  private boolean overflow;
  private long firstAt = Long.MAX_VALUE;
  private long lastAt = Long.MIN_VALUE;

  /** A proof of this charge, which carries the digest that it was sealed with. */
  public ChargeProof(ChargeId id, ChargeRow charge) {
    this.id = id;
    this.charge = charge;
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
    if (!seen.add(ref)) {
      events.add(at(ref) + " is listed twice");
    }
    if (subscription != charge.subscription() || shard != id.shard()) {
      events.add(at(ref) + " is another subscription's");
    }
    if (occurredAt < charge.windowStart() || occurredAt >= charge.windowEnd()) {
      events.add(at(ref) + " took place outside the charge's window");
    }
    firstAt = Math.min(firstAt, occurredAt);
    lastAt = Math.max(lastAt, occurredAt);
    try {
      quantity = Math.addExact(quantity, reading);
    } catch (ArithmeticException e) {
      overflow = true;
    }
  }

  /** An event that can't be found where the evidence says. */
  public void eventLost(Ref ref, String why) {
    events.add(at(ref) + " " + why);
  }

  /** An event whose raw bytes say something else than what was charged. */
  public void rawDiffers(Ref ref) {
    raw.add(at(ref) + " was charged as something else than its raw bytes say");
  }

  private static String at(Ref ref) {
    return "row " + ref.row() + " of journal row " + ref.commit();
  }

  /**
   * What all of it came to.
   *
   * @param rules that the charge was priced by; null where they are not known
   * @param before the quantity that the subscription had reached in this period, on this charge,
   *     with those sealed earlier; for a line of a period's end the amount
   */
  public List<Verdict> verdicts(@Nullable Rules rules, long before) {
    List<Verdict> all = new ArrayList<>();
    byte[] digest = Digests.charge(new ShardKey(id.tenant(), id.shard()), id.seq(), charge);
    all.add(
        new Verdict(
            "charge",
            Arrays.equals(digest, charge.digest()),
            Arrays.equals(digest, charge.digest())
                ? "the charge is what its digest was made of"
                : "charge " + id + " is not what its digest was made of"));
    all.add(verdict("journal", journal, journalRows + " journal rows are what their digests say"));
    if (seen.size() != charge.events()) {
      events.add(seen.size() + " events are there, the charge is for " + charge.events());
    } else if (!seen.isEmpty() && (firstAt != charge.firstAt() || lastAt != charge.lastAt())) {
      events.add("the first or last event is not from the time that the charge says");
    }
    all.add(
        verdict("events", events, seen.size() + " events are this subscription's, in the window"));
    if (withoutRaw > 0) {
      raw.add("the raw bytes of " + withoutRaw + " journal rows are past their retention");
    }
    all.add(verdict("raw", raw, "the raw bytes say what was charged"));
    all.add(quantities());
    all.add(rules == null ? unpriced() : price(rules, before));
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

  private Verdict quantities() {
    boolean recurring = charge.events() == 0;
    boolean good = recurring ? charge.quantity() == 1 : !overflow && quantity == charge.quantity();
    if (good) {
      return new Verdict(
          "quantity",
          true,
          recurring ? "it is of time, once" : "the readings add up to the quantity");
    }
    return new Verdict(
        "quantity",
        false,
        "the readings add up to "
            + (overflow ? "more than a number holds" : String.valueOf(quantity))
            + " scaled units, the charge says "
            + charge.quantity());
  }

  private static Verdict unpriced() {
    return new Verdict("price", false, "the catalog version that priced it is not known here");
  }

  /** How much is priced at what; empty where that can't be told. */
  public List<PriceLine> lines(Rules rules) {
    ChargeRule rule = rule(rules);
    try {
      return rule == null ? List.of() : PriceLines.of(rule, rules.catalog(), charge).lines();
    } catch (IllegalArgumentException | IndexOutOfBoundsException | ArithmeticException e) {
      return List.of(); // the verdict says why
    }
  }

  private @Nullable ChargeRule rule(Rules rules) {
    int index = rules.offerIndex(charge.offer());
    if (index >= 0) {
      for (ChargeRule each : rules.offers().get(index).offer().charges()) {
        if (each.name().equals(charge.name())) {
          return each;
        }
      }
    }
    return null;
  }

  private Verdict price(Rules rules, long before) {
    ChargeRule rule = rule(rules);
    if (rule == null) {
      return new Verdict("price", false, "the catalog has no charge of that name");
    }
    try {
      PriceLines lines = PriceLines.of(rule, rules.catalog(), charge);
      return switch (rule) {
        case ChargeRule.AtClose c ->
            price(
                Math.subtractExact(lines.amount(), before),
                0,
                "what the period's charges ask for at its end");
        case ChargeRule.Recurring r -> price(lines.amount(), 0, "the amount that recurs");
        case ChargeRule.Usage u -> usagePrice(u, lines, curve(rules, u), before);
      };
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      return new Verdict("price", false, "what it says to be made of is damaged");
    } catch (ArithmeticException e) {
      return new Verdict("price", false, "the quantity has no price that a number holds");
    }
  }

  private PriceCurve curve(Rules rules, ChargeRule.Usage rule) {
    for (UsageCharge each : rules.offers().get(rules.offerIndex(charge.offer())).usage()) {
      if (each.name().equals(rule.name())) {
        return each.curve();
      }
    }
    throw new AssertionError("a usage charge without a curve: " + rule.name());
  }

  /**
   * The price of the quantity from where the curve stood, or else what the charge's own lines come
   * to. Where events of other windows came in between, each event may have been rounded on its own:
   * a unit of the ledger apart at most.
   */
  private Verdict usagePrice(
      ChargeRule.Usage rule, PriceLines lines, PriceCurve curve, long before) {
    if (PriceLines.countsUnits(rule) && lines.units() != charge.quantity()) {
      return new Verdict(
          "price",
          false,
          "its lines are for "
              + lines.units()
              + " scaled units, the charge for "
              + charge.quantity());
    }
    long after = Math.addExact(before, charge.quantity());
    boolean unbroken = curve.between(before, after) == charge.amount();
    return price(
        unbroken ? charge.amount() : lines.amount(), charge.events(), "the price of the quantity");
  }

  private Verdict price(long expected, int apart, String what) {
    long difference = Math.abs(Math.subtractExact(charge.amount(), expected));
    if (difference == 0) {
      return new Verdict("price", true, "the amount is " + what);
    }
    if (difference <= apart) {
      return new Verdict(
          "price",
          true,
          "the amount is "
              + what
              + ", "
              + difference
              + " ledger units apart because other windows' events came in between");
    }
    return new Verdict(
        "price",
        false,
        "the amount is " + charge.amount() + " ledger units, " + what + " is " + expected);
  }
}
