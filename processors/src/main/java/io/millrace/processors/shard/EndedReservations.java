package io.millrace.processors.shard;

import io.millrace.processors.shard.Reservation.End;
import io.millrace.processors.usage.Attributes;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reservations that have ended, in the order of their end, without an object for each. */
final class EndedReservations {
  private static final int SEQ = 0;
  private static final int N = 1;
  private static final int ACCOUNT_TYPE = 2;
  private static final int VALUE_END = 3;
  private static final int SUBSCRIPTION = 4;
  private static final int AT = 5;
  private static final int GRANTED = 6;
  private static final int LEFT = 7;
  private static final int HELD = 8;
  private static final int UNTIL = 9;
  private static final int ENDED = 10;
  private static final int ENDED_AT = 11;
  private static final int CHANGED_SEQ = 12;
  private static final int WIDTH = 13;

  private static final End[] ENDS = End.values();

  private final Records records = new Records(WIDTH);
  private final RecordIndex byId = new RecordIndex(records);

  /** What is said of their uses, where anything is: of few, by record. */
  private final TreeMap<Long, Attributes> said = new TreeMap<>();

  int size() {
    return records.size();
  }

  /** The number of the first one. */
  long first() {
    return records.first();
  }

  /** The number after that of the last one. */
  long end() {
    return records.end();
  }

  long seq(long record) {
    return records.get(record, SEQ);
  }

  int n(long record) {
    return (int) records.get(record, N);
  }

  long endedAt(long record) {
    return records.get(record, ENDED_AT);
  }

  @Nullable Reservation find(long seq, int n) {
    long record = byId.find(seq, n);
    return record == RecordIndex.NONE ? null : get(record);
  }

  Reservation get(long record) {
    return new Reservation(
        seq(record),
        n(record),
        records.high(record, ACCOUNT_TYPE),
        records.get(record, SUBSCRIPTION),
        records.get(record, AT),
        records.low(record, ACCOUNT_TYPE),
        records.high(record, VALUE_END),
        said.isEmpty() ? Attributes.NONE : said.getOrDefault(record, Attributes.NONE),
        records.get(record, GRANTED),
        records.get(record, LEFT),
        records.get(record, HELD),
        records.get(record, UNTIL),
        ENDS[records.low(record, VALUE_END)],
        records.get(record, ENDED),
        endedAt(record),
        records.get(record, CHANGED_SEQ));
  }

  /** Adds the one that has ended last. */
  void add(Reservation r) {
    long record = records.add();
    write(record, r);
    byId.put(record);
  }

  /** Puts one in the place of what it was before. */
  void set(Reservation r) {
    long record = byId.find(r.seq(), r.n());
    assert record != RecordIndex.NONE : "it has not ended";
    said.remove(record);
    write(record, r);
  }

  private void write(long record, Reservation r) {
    records.set(record, SEQ, r.seq());
    records.set(record, N, r.n());
    records.set(record, ACCOUNT_TYPE, r.account(), r.type());
    records.set(record, VALUE_END, r.value(), r.end().ordinal());
    records.set(record, SUBSCRIPTION, r.subscription());
    records.set(record, AT, r.at());
    records.set(record, GRANTED, r.granted());
    records.set(record, LEFT, r.left());
    records.set(record, HELD, r.held());
    records.set(record, UNTIL, r.until());
    records.set(record, ENDED, r.ended());
    records.set(record, ENDED_AT, r.endedAt());
    records.set(record, CHANGED_SEQ, r.changedSeq());
    if (!r.said().isEmpty()) {
      said.put(record, r.said());
    }
  }

  /** Takes back the end of the one that has ended last. */
  void removeLast(long seq, int n) {
    long last = records.end() - 1;
    assert byId.find(seq, n) == last : "others have ended since";
    byId.remove(last);
    said.remove(last);
    records.removeLast();
  }

  /** Forgets the first, until {@link #accept} to be put back. */
  void removeFirst() {
    byId.remove(records.first());
    records.removeFirst();
  }

  void restoreFirst() {
    records.restoreFirst();
    byId.put(records.first());
  }

  /** What has been forgotten is not put back any more. */
  void accept() {
    if (!said.isEmpty()) {
      said.headMap(records.first()).clear();
    }
    records.accept();
  }
}
