package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.dedupe.DedupeWindow;
import java.util.function.IntFunction;

/**
 * The bytes of a subscription: all of it in a checkpoint; without its accruals, which are sealed
 * where they accrued, in the message that its device leaves with.
 */
final class SubscriptionCodec {
  private SubscriptionCodec() {}

  static void encode(Subscription s, ByteWriter out) {
    encodeMoved(s, out);
    out.varint(s.accruals.length);
    for (Accrual accrual : s.accruals) {
      accrual.encode(out);
    }
  }

  static Subscription decode(ByteReader in, IntFunction<AccountTotals> accounts) {
    Subscription s = decodeMoved(in, accounts);
    s.accruals = new Accrual[in.count(in.remaining())];
    for (int i = 0; i < s.accruals.length; i++) {
      s.accruals[i] = Accrual.decode(in);
    }
    return s;
  }

  static void encodeMoved(Subscription s, ByteWriter out) {
    encodeTerms(s, out);
    encodeWindows(s, out);
    encodePositions(s, out);
    encodeGauges(s, out);
    Draws draws = s.draws;
    boolean some = draws != null && draws.all().length > 0;
    out.bool(some);
    if (draws != null && some) {
      draws.encode(out);
    }
    Sponsored sponsored = s.sponsored;
    boolean paid = sponsored != null && sponsored.all().length > 0;
    out.bool(paid);
    if (sponsored != null && paid) {
      sponsored.encode(out);
    }
  }

  /** Reads what {@link #encodeMoved} wrote. */
  static Subscription decodeMoved(ByteReader in, IntFunction<AccountTotals> accounts) {
    Subscription s = decodeTerms(in, accounts);
    decodeWindows(s, in);
    decodePositions(s, in);
    decodeGauges(s, in);
    s.draws = in.bool() ? Draws.decode(in) : null;
    s.sponsored = in.bool() ? Sponsored.decode(in) : null;
    return s;
  }

  private static void encodeTerms(Subscription s, ByteWriter out) {
    out.varint(s.id);
    out.varint(s.account.id);
    out.varint(s.offer);
    out.zigzag(s.from);
    out.zigzag(s.to);
    s.moves.encode(out);
    out.varint(s.recurring.length);
    for (long due : s.recurring) {
      out.zigzag(due);
    }
    out.zigzag(s.memberOf);
    out.bool(s.pool != null);
    if (s.pool != null) {
      s.pool.encode(out);
    }
  }

  private static Subscription decodeTerms(ByteReader in, IntFunction<AccountTotals> accounts) {
    long id = in.varint();
    AccountTotals account = accounts.apply(in.count(Integer.MAX_VALUE));
    int offer = in.count(Integer.MAX_VALUE);
    long from = in.zigzag();
    long to = in.zigzag();
    Succession moves = Succession.decode(in);
    long[] recurring = new long[in.count(in.remaining())];
    for (int i = 0; i < recurring.length; i++) {
      recurring[i] = in.zigzag();
    }
    Subscription s = new Subscription(id, account, offer, from, to, recurring);
    s.moves = moves;
    s.memberOf = in.zigzag();
    s.pool = in.bool() ? Pool.decode(in) : null;
    return s;
  }

  private static void encodeWindows(Subscription s, ByteWriter out) {
    out.varint(s.sources.length);
    for (int i = 0; i < s.sources.length; i++) {
      out.varint(s.sources[i]);
      s.windows[i].encode(out);
    }
  }

  private static void decodeWindows(Subscription s, ByteReader in) {
    int n = in.count(in.remaining());
    s.sources = new int[n];
    s.windows = new DedupeWindow[n];
    for (int i = 0; i < n; i++) {
      s.sources[i] = in.count(Integer.MAX_VALUE);
      s.windows[i] = DedupeWindow.decode(in);
    }
  }

  private static void encodePositions(Subscription s, ByteWriter out) {
    out.varint(s.positions.length);
    for (Position position : s.positions) {
      position.encode(out);
    }
  }

  private static void encodeGauges(Subscription s, ByteWriter out) {
    Gauges gauges = s.gauges;
    boolean some = gauges != null && !gauges.isEmpty();
    out.bool(some);
    if (gauges != null && some) {
      gauges.encode(out);
    }
  }

  private static void decodeGauges(Subscription s, ByteReader in) {
    s.gauges = in.bool() ? Gauges.decode(in) : null;
  }

  private static void decodePositions(Subscription s, ByteReader in) {
    s.positions = new Position[in.count(in.remaining())];
    for (int i = 0; i < s.positions.length; i++) {
      s.positions[i] = Position.decode(in);
    }
  }
}
