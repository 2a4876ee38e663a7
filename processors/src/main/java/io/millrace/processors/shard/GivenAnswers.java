package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountAnswer.Outcome;
import io.millrace.processors.shard.AccountAnswer.Part;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The answers that a shard has given, by the keys of their requests, the oldest first: a repeat
 * gets the same. Kept for {@link #KEPT}; where there are {@link #MOST}, the oldest make room that
 * have been kept long enough, and where there are none, no more requests are taken. The last
 * quarter of the room is for accounts that have few, so that one that asks without end is refused
 * before any other.
 */
final class GivenAnswers {
  /** How long a repeat is known for one. */
  static final long KEPT = Duration.ofHours(24).toMillis();

  /** How long a repeat is known at the least, of requests that come by the thousand a second. */
  static final long KEPT_OF_USE = Duration.ofMinutes(15).toMillis();

  /**
   * Answers that a shard remembers of a kind; some 150 bytes each, and 32 more for each part of
   * one.
   */
  static final int MOST = 1 << 16;

  /** What part of the room is for accounts that have few, and of what part of it less is few. */
  private static final int RESERVED_OF = 4;

  private static final int FEW_OF = 64;

  /** Fields of a record: of its key, then of its answer. */
  private static final int HIGH = 0;

  private static final int LOW = 1;
  private static final int BODY_HIGH = 2;
  private static final int BODY_LOW = 3;

  /** When it was given, and the shard's seq then; 0 after a restart. */
  private static final int AT = 4;

  private static final int GIVEN_SEQ = 5;

  /** Whose it is, above the answer's n. */
  private static final int ACCOUNT_N = 6;

  /** The record of the first of its parts, above how many there are and its outcome. */
  private static final int PARTS_OUTCOME = 7;

  private static final int SEQ = 8;
  private static final int QUANTITY = 9;
  private static final int AMOUNT = 10;
  private static final int LEFT = 11;
  private static final int AVAILABLE = 12;
  private static final int UNTIL = 13;
  private static final int SPONSORED = 14;
  private static final int WIDTH = 15;

  private static final Outcome[] OUTCOMES = Outcome.values();

  private final Records records = new Records(WIDTH);
  private final RecordIndex byKey = new RecordIndex(records);

  /** The parts of all answers that have any, in their order: group, outcome, quantity, until. */
  private final Records parts = new Records(4);

  /** How many there are of each account. */
  private final IntTable byAccount = new IntTable();

  private final List<Runnable> undo;
  private final Runnable undoAdd = this::removeLast;
  private final Runnable undoForget = this::restoreFirst;
  private final int most;
  private final long leastKept;

  /**
   * Knows none.
   *
   * @param leastKept for how long none is forgotten, in milliseconds
   */
  GivenAnswers(List<Runnable> undo, int most, long leastKept) {
    this.undo = undo;
    this.most = most;
    this.leastKept = leastKept;
  }

  /** What a request gets that has been here before: its answer, or that its key is another's. */
  @Nullable AccountAnswer find(AccountRequest.Key key) {
    long given = byKey.find(key.high(), key.low());
    if (given == RecordIndex.NONE) {
      return null;
    }
    return records.get(given, BODY_HIGH) == key.bodyHigh()
            && records.get(given, BODY_LOW) == key.bodyLow()
        ? answer(given, true)
        : AccountAnswer.refused(Outcome.OTHER_REQUEST, 0);
  }

  void add(AccountRequest.Key key, int account, long time, long seq, AccountAnswer answer) {
    keep(key, account, time, seq, answer);
    undo.add(undoAdd);
  }

  int size() {
    return records.size();
  }

  /** Whether it can remember one more of an account, after the oldest has made room if it may. */
  boolean hasRoom(long time, int account) {
    boolean few = count(account) < Math.max(1, most / FEW_OF);
    int room = few ? most : most - most / RESERVED_OF;
    while (records.size() >= room && records.get(records.first(), AT) < time - leastKept) {
      forgetFirst();
    }
    return records.size() < room;
  }

  /** Forgets what is over. */
  void forget(long time) {
    while (!records.isEmpty() && records.get(records.first(), AT) < time - KEPT) {
      forgetFirst();
    }
  }

  private void forgetFirst() {
    removeFirst();
    undo.add(undoForget);
  }

  /** What has been forgotten is not put back any more. */
  void accept() {
    records.accept();
    parts.accept();
  }

  private void keep(
      AccountRequest.Key key, int account, long time, long seq, AccountAnswer answer) {
    long first = parts.end();
    for (Part part : answer.parts()) {
      long record = parts.add();
      parts.set(record, 0, part.group());
      parts.set(record, 1, part.outcome().ordinal());
      parts.set(record, 2, part.quantity());
      parts.set(record, 3, part.until());
    }
    long record = records.add();
    records.set(record, HIGH, key.high());
    records.set(record, LOW, key.low());
    records.set(record, BODY_HIGH, key.bodyHigh());
    records.set(record, BODY_LOW, key.bodyLow());
    records.set(record, AT, time);
    records.set(record, GIVEN_SEQ, seq);
    records.set(record, ACCOUNT_N, account, answer.n());
    records.set(
        record,
        PARTS_OUTCOME,
        first << 16 | (long) answer.parts().size() << 8 | answer.outcome().ordinal());
    records.set(record, SEQ, answer.seq());
    records.set(record, QUANTITY, answer.quantity());
    records.set(record, AMOUNT, answer.amount());
    records.set(record, LEFT, answer.left());
    records.set(record, AVAILABLE, answer.available());
    records.set(record, UNTIL, answer.until());
    records.set(record, SPONSORED, answer.sponsored());
    byKey.put(record);
    count(account, 1);
  }

  private AccountAnswer answer(long record, boolean repeated) {
    return new AccountAnswer(
        OUTCOMES[(int) records.get(record, PARTS_OUTCOME) & 0xFF],
        records.get(record, SEQ),
        records.low(record, ACCOUNT_N),
        records.get(record, QUANTITY),
        records.get(record, AMOUNT),
        records.get(record, LEFT),
        records.get(record, AVAILABLE),
        records.get(record, UNTIL),
        repeated,
        parts(record),
        records.get(record, SPONSORED));
  }

  private List<Part> parts(long record) {
    int count = partCount(record);
    if (count == 0) {
      return List.of();
    }
    List<Part> those = new ArrayList<>(count);
    long first = records.get(record, PARTS_OUTCOME) >>> 16;
    for (long part = first; part < first + count; part++) {
      those.add(
          new Part(
              parts.get(part, 0),
              OUTCOMES[(int) parts.get(part, 1)],
              parts.get(part, 2),
              parts.get(part, 3)));
    }
    return those;
  }

  private int partCount(long record) {
    return (int) records.get(record, PARTS_OUTCOME) >>> 8 & 0xFF;
  }

  private int account(long record) {
    return records.high(record, ACCOUNT_N);
  }

  private void removeFirst() {
    long first = records.first();
    for (int left = partCount(first); left > 0; left--) {
      parts.removeFirst();
    }
    byKey.remove(first); // Not what its key is used for again by now.
    count(account(first), -1);
    records.removeFirst();
  }

  private void restoreFirst() {
    records.restoreFirst();
    long first = records.first();
    for (int left = partCount(first); left > 0; left--) {
      parts.restoreFirst();
    }
    byKey.put(first);
    count(account(first), 1);
  }

  private void removeLast() {
    long last = records.end() - 1;
    for (int left = partCount(last); left > 0; left--) {
      parts.removeLast();
    }
    byKey.remove(last);
    count(account(last), -1);
    records.removeLast();
  }

  private int count(int account) {
    int slot = byAccount.first(tag(account));
    return slot == IntTable.NONE ? 0 : byAccount.get(slot);
  }

  private void count(int account, int more) {
    int slot = byAccount.first(tag(account));
    if (slot == IntTable.NONE) {
      byAccount.add(tag(account), more);
    } else if (byAccount.get(slot) + more == 0) {
      byAccount.remove(slot);
    } else {
      byAccount.set(slot, byAccount.get(slot) + more);
    }
  }

  /** No two accounts have the same. */
  private static int tag(int account) {
    return account * 0x9E3779B9;
  }

  void encode(ByteWriter out, long since) {
    out.varint(records.size());
    long changed = since == 0 ? records.first() : records.end();
    while (changed > records.first() && records.get(changed - 1, GIVEN_SEQ) > since) {
      changed--; // They are in the order of their commits, and most are old.
    }
    out.varint(records.end() - changed);
    for (long record = changed; record < records.end(); record++) {
      for (int field = HIGH; field <= BODY_LOW; field++) {
        out.fixed64(records.get(record, field));
      }
      out.zigzag(account(record));
      out.zigzag(records.get(record, AT));
      answer(record, false).encode(out);
    }
  }

  /** Adds what has come since, and drops as many of the oldest as have gone. */
  void overlay(ByteReader in) {
    int left = in.count(Integer.MAX_VALUE);
    int changed = in.count(in.remaining());
    for (int i = 0; i < changed; i++) {
      keep(
          new AccountRequest.Key(in.fixed64(), in.fixed64(), in.fixed64(), in.fixed64()),
          (int) in.zigzag(),
          in.zigzag(),
          0,
          AccountAnswer.decode(in));
    }
    while (records.size() > left) {
      removeFirst();
    }
    accept();
  }
}
