package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an account's shard answers.
 *
 * @param outcome what came of it
 * @param seq the reservation's; 0 where there is none
 * @param n the reservation's
 * @param quantity granted or used, in the meter's scaled integers
 * @param amount held, charged or paid; ledger units
 * @param left what is still held for the reservation, ledger units
 * @param available what can be granted after it; ledger units, less than 0 beyond the floor
 * @param until when the reservation ends, or what was charged at once has unlocked something, or a
 *     step was taken; milliseconds since 1970-01-01 UTC, 0 where there is none
 * @param repeated whether it was given before and nothing was done now
 * @param parts of a session's step, what came of each of its rating groups, in their order
 * @param sponsored what others pay beside the amount, of what was granted, priced or charged
 */
public record AccountAnswer(
    Outcome outcome,
    long seq,
    int n,
    long quantity,
    long amount,
    long left,
    long available,
    long until,
    boolean repeated,
    List<Part> parts,
    long sponsored) {

  /**
   * What came of a rating group.
   *
   * @param group its number
   * @param outcome of what was asked; of what was used, where nothing was asked or that failed
   * @param quantity granted, in the meter's scaled integers
   * @param until when the grant ends, milliseconds since 1970-01-01 UTC; 0 where there is none
   */
  public record Part(long group, Outcome outcome, long quantity, long until) {}

  public AccountAnswer {
    parts = List.copyOf(parts);
  }

  /** One without parts. */
  public AccountAnswer(
      Outcome outcome,
      long seq,
      int n,
      long quantity,
      long amount,
      long left,
      long available,
      long until,
      boolean repeated) {
    this(outcome, seq, n, quantity, amount, left, available, until, repeated, List.of(), 0);
  }

  AccountAnswer sponsored(long byOthers) {
    return new AccountAnswer(
        outcome, seq, n, quantity, amount, left, available, until, repeated, parts, byOthers);
  }

  /** What came of a request. The codes are stable; the ordinal is part of checkpoints. */
  public enum Outcome {
    OPENED("opened"),
    PAID("paid"),
    GRANTED("granted"),
    GRANTED_IN_PART("granted-in-part"),
    PRICED("priced"),
    COMMITTED("committed"),
    /** Charged as any other, though its reservation had ended. */
    LATE_COMMIT("late-commit"),
    CHARGED("charged"),
    RELEASED("released"),
    TRANSFERRED("transferred"),
    /** A step of a session was taken; its parts say what came of each. */
    STEPPED("stepped"),
    /** From here on nothing has changed, and the key is free. */
    OTHER_REQUEST("key-of-another-request"),
    NO_BALANCE("no-balance"),
    IN_USE("account-in-use"),
    UNKNOWN_RESERVATION("unknown-reservation"),
    NO_OFFER("no-offer"),
    NOT_PRICED("not-priced"),
    BAD_QUANTITY("bad-quantity"),
    TOO_MUCH("too-much"),
    TOO_MANY_RESERVATIONS("too-many-reservations"),
    BLOCKED("blocked"),
    INSUFFICIENT("insufficient-balance"),
    /** What it costs hangs on the number of events, which nobody knows ahead. */
    PRICED_PER_EVENT("priced-per-event"),
    /** Its device is on its way to another subscription; that takes a moment. */
    MOVED("moved"),
    /** The shard remembers as many answers of a day as it can. */
    FULL("too-many-requests"),
    UNKNOWN_SESSION("unknown-session"),
    SESSION_ENDED("session-ended"),
    /** Its number is not larger than that of the step before. */
    SESSION_NUMBER("session-number"),
    UNKNOWN_BUCKET("unknown-bucket"),
    /** It is for another event type, or would end before now. */
    BUCKET_TERMS("bucket-terms"),
    TOO_MANY_BUCKETS("too-many-buckets");

    private final String code;

    Outcome(String code) {
      this.code = code;
    }

    /** As printed: {@code granted-in-part}. */
    public String code() {
      return code;
    }

    /** Whether nothing was done. */
    public boolean isRefusal() {
      return ordinal() >= OTHER_REQUEST.ordinal();
    }
  }

  private static final Outcome[] OUTCOMES = Outcome.values();

  static AccountAnswer refused(Outcome why, long available) {
    return new AccountAnswer(why, 0, 0, 0, 0, 0, available, 0, false);
  }

  /** What came of a rating group; empty where the step had none of that number. */
  public Optional<Part> part(long group) {
    return parts.stream().filter(p -> p.group == group).findFirst();
  }

  /** Whether something was done; only that need not be done again. */
  boolean changes(AccountRequest request) {
    return !outcome.isRefusal()
        && outcome != Outcome.PRICED
        && !(request instanceof AccountRequest.Release && repeated);
  }

  AccountAnswer again() {
    return new AccountAnswer(
        outcome, seq, n, quantity, amount, left, available, until, true, parts, sponsored);
  }

  void encode(ByteWriter out) {
    out.u8(outcome.ordinal());
    out.varint(seq);
    out.varint(n);
    out.zigzag(quantity);
    out.zigzag(amount);
    out.zigzag(left);
    out.zigzag(available);
    out.varint(until);
    out.varint(parts.size());
    for (Part part : parts) {
      out.zigzag(part.group);
      out.u8(part.outcome.ordinal());
      out.zigzag(part.quantity);
      out.varint(part.until);
    }
    out.zigzag(sponsored);
  }

  static AccountAnswer decode(ByteReader in) {
    return new AccountAnswer(
        OUTCOMES[in.u8()],
        in.varint(),
        in.count(Integer.MAX_VALUE),
        in.zigzag(),
        in.zigzag(),
        in.zigzag(),
        in.zigzag(),
        in.varint(),
        false,
        parts(in),
        in.zigzag());
  }

  private static List<Part> parts(ByteReader in) {
    List<Part> parts = new ArrayList<>();
    for (int left = in.count(AccountRequest.Step.MOST_PARTS); left > 0; left--) {
      parts.add(new Part(in.zigzag(), OUTCOMES[in.u8()], in.zigzag(), in.varint()));
    }
    return parts;
  }
}
