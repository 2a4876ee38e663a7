package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.AccountRequest.Into;
import io.millrace.processors.shard.AccountRequest.Key;
import io.millrace.processors.shard.AccountRequest.Step;
import io.millrace.processors.shard.WalletTerms;
import io.millrace.processors.usage.Attributes;
import java.util.ArrayList;
import java.util.List;

/** What an account is asked as bytes; all of it is rating. Tags are for ever. */
final class RequestCodec {
  private static final int OPEN = 10;
  private static final int PAY = 11;
  private static final int RESERVE = 12;
  private static final int USE = 13;
  private static final int RELEASE = 14;
  private static final int TRANSFER = 40;
  private static final int STEP = 80;
  private static final int PAY_INTO = 100;
  private static final int UNITS = 102;
  private static final int RESERVE_SAYING = 103;

  private static final Step.Kind[] KINDS = Step.Kind.values();

  private RequestCodec() {}

  static void write(AccountRequest request, ByteWriter out) {
    switch (request) {
      case AccountRequest.Open r -> {
        begin(OPEN, r.key(), out);
        out.zigzag(r.account());
        WalletTerms terms = r.terms();
        out.bool(terms.prepaid());
        out.zigzag(terms.floor());
        out.zigzag(terms.low());
        out.zigzag(terms.ledger().balance());
        out.zigzag(terms.ledger().overrun());
        out.zigzag(terms.ledger().drawn());
        out.zigzag(terms.ledger().cash());
        out.zigzag(terms.ledger().adjustment());
      }
      case AccountRequest.Pay r -> {
        Into into = r.into();
        begin(into == null ? PAY : PAY_INTO, r.key(), out);
        out.zigzag(r.account());
        out.zigzag(r.amount());
        out.bool(r.adjustment());
        if (into != null) {
          write(into, out);
        }
      }
      case AccountRequest.Units r -> {
        begin(UNITS, r.key(), out);
        out.zigzag(r.account());
        out.string(r.bucket());
        out.string(r.allowance());
        out.zigzag(r.quantity());
        out.bool(r.adjustment());
        out.zigzag(r.expires());
      }
      case AccountRequest.Transfer r -> {
        begin(TRANSFER, r.key(), out);
        out.zigzag(r.account());
        out.zigzag(r.to());
        out.zigzag(r.shard());
        out.zigzag(r.amount());
        out.zigzag(r.transit());
      }
      case AccountRequest.Reserve r -> {
        begin(r.said().isEmpty() ? RESERVE : RESERVE_SAYING, r.key(), out);
        out.zigzag(r.subscription());
        out.zigzag(r.type());
        out.zigzag(r.value());
        out.zigzag(r.quantity());
        out.bool(r.partial());
        out.zigzag(r.validFor());
        out.bool(r.dry());
        if (!r.said().isEmpty()) {
          r.said().encode(out);
        }
      }
      case AccountRequest.Use r -> {
        begin(USE, r.key(), out);
        out.zigzag(r.row());
        out.zigzag(r.seq());
        out.zigzag(r.n());
        out.bool(r.last());
      }
      case AccountRequest.Release r -> {
        begin(RELEASE, r.key(), out);
        out.zigzag(r.seq());
        out.zigzag(r.n());
      }
      case Step r -> writeStep(r, out);
    }
  }

  private static void write(Into into, ByteWriter out) {
    out.string(into.bucket());
    out.zigzag(into.type());
    out.zigzag(into.expires());
    out.zigzag(into.bonus());
    out.zigzag(into.expired());
  }

  private static Into into(ByteReader in) {
    return new Into(in.string(), number(in), in.zigzag(), number(in), number(in));
  }

  private static void writeStep(Step r, ByteWriter out) {
    begin(STEP, r.key(), out);
    out.u8(r.kind().ordinal());
    out.zigzag(r.seq());
    out.zigzag(r.n());
    out.zigzag(r.subscription());
    out.zigzag(r.number());
    out.zigzag(r.validFor());
    out.varint(r.parts().size());
    for (Step.Part p : r.parts()) {
      out.zigzag(p.group());
      out.zigzag(p.row());
      out.zigzag(p.type());
      out.zigzag(p.value());
      out.bool(p.happened());
      out.zigzag(p.asked());
    }
  }

  private static Step step(Key key, ByteReader in) {
    Step.Kind kind = KINDS[in.u8()];
    long seq = in.zigzag();
    int n = number(in);
    long subscription = in.zigzag();
    long number = in.zigzag();
    long validFor = in.zigzag();
    List<Step.Part> parts = new ArrayList<>();
    for (int left = in.count(Step.MOST_PARTS); left > 0; left--) {
      parts.add(
          new Step.Part(in.zigzag(), number(in), number(in), number(in), in.bool(), in.zigzag()));
    }
    return new Step(key, kind, seq, n, subscription, number, validFor, parts);
  }

  private static void begin(int tag, Key key, ByteWriter out) {
    out.u8(tag);
    out.fixed64(key.high());
    out.fixed64(key.low());
    out.fixed64(key.bodyHigh());
    out.fixed64(key.bodyLow());
  }

  static AccountRequest read(ByteReader in) {
    int tag = in.u8();
    Key key = new Key(in.fixed64(), in.fixed64(), in.fixed64(), in.fixed64());
    return switch (tag) {
      case OPEN -> new AccountRequest.Open(key, number(in), terms(in));
      case PAY -> new AccountRequest.Pay(key, number(in), in.zigzag(), in.bool());
      case PAY_INTO -> new AccountRequest.Pay(key, number(in), in.zigzag(), in.bool(), into(in));
      case UNITS ->
          new AccountRequest.Units(
              key, number(in), in.string(), in.string(), in.zigzag(), in.bool(), in.zigzag(), "");
      case TRANSFER ->
          new AccountRequest.Transfer(
              key, number(in), number(in), number(in), in.zigzag(), number(in));
      case RESERVE -> reserve(key, in, false);
      case RESERVE_SAYING -> reserve(key, in, true);
      case USE -> new AccountRequest.Use(key, number(in), in.zigzag(), number(in), in.bool());
      case RELEASE -> new AccountRequest.Release(key, in.zigzag(), number(in));
      case STEP -> step(key, in);
      default -> throw new IllegalArgumentException("no request has the tag " + tag);
    };
  }

  private static AccountRequest.Reserve reserve(Key key, ByteReader in, boolean says) {
    return new AccountRequest.Reserve(
        key,
        in.zigzag(),
        number(in),
        number(in),
        in.zigzag(),
        in.bool(),
        in.zigzag(),
        in.bool(),
        says ? Attributes.decode(in) : Attributes.NONE);
  }

  private static WalletTerms terms(ByteReader in) {
    return new WalletTerms(
        in.bool(),
        in.zigzag(),
        in.zigzag(),
        new WalletTerms.Ledger(number(in), number(in), number(in), number(in), number(in)));
  }

  private static int number(ByteReader in) {
    return Math.toIntExact(in.zigzag());
  }
}
