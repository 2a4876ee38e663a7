package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.undo.UndoLog;
import java.util.Arrays;

/**
 * The usage of one charge of a subscription in one window that is not sealed yet.
 *
 * <p>The evidence is the list of (commit, row) of its events, as varints, each commit relative to
 * the one before; where readings don't just add up, each followed by what it added and by the
 * moment that it added it at, relative to the latest before. As {@link
 * io.millrace.processors.explain.EvidenceList} reads it.
 */
final class Accrual {
  /** Stands for the commit of an event that no charge is going to prove. */
  static final long UNPROVED = -1;

  /** Stands for no sponsor. */
  static final int NOBODY = -1;

  static final byte[] NO_EVIDENCE = new byte[0];

  final int charge;

  /** Which of the charge's prices it is at. */
  final int revision;

  final int booked;
  final boolean late;
  final long windowStart;
  final long windowEnd;

  /** Whether its window was over when this one was opened, so that it adds to what was sealed. */
  final boolean delta;

  final long due;

  /** What it is made of, as {@link io.millrace.processors.rating.PriceCurve#explain} counts it. */
  final long[] slots;

  int events;
  long quantity;
  long amount;

  /** What another account pays of the amount, and which. */
  long sponsored;

  int sponsor = NOBODY;

  /** What of that slices of the other's balance pay for, or the next one will. */
  Borrowed borrowed = Borrowed.NOTHING;

  long firstAt = Long.MAX_VALUE;
  long lastAt = Long.MIN_VALUE;
  byte[] evidence = NO_EVIDENCE;
  int evidenceSize;
  long lastCommit;

  Accrual(
      int charge,
      int revision,
      int booked,
      boolean late,
      long windowStart,
      long windowEnd,
      boolean delta,
      long due,
      long[] slots) {
    this.charge = charge;
    this.revision = revision;
    this.booked = booked;
    this.late = late;
    this.windowStart = windowStart;
    this.windowEnd = windowEnd;
    this.delta = delta;
    this.due = due;
    this.slots = slots;
  }

  /** The array of the evidence only grows: what is appended after is written over after undo. */
  void save(UndoLog log) {
    log.put(events, evidenceSize);
    log.put(quantity);
    log.put(amount);
    log.put(sponsored);
    log.put(sponsor);
    log.put(firstAt);
    log.put(lastAt);
    log.put(lastCommit);
    log.put(evidence);
    log.put(borrowed);
    for (long slot : slots) {
      log.put(slot);
    }
  }

  void restore(UndoLog log) {
    long sizes = log.number();
    events = (int) (sizes >>> 32);
    evidenceSize = (int) sizes;
    quantity = log.number();
    amount = log.number();
    sponsored = log.number();
    sponsor = (int) log.number();
    firstAt = log.number();
    lastAt = log.number();
    lastCommit = log.number();
    evidence = log.reference();
    borrowed = log.reference();
    for (int i = 0; i < slots.length; i++) {
      slots[i] = log.number();
    }
  }

  void add(long commit, int row, long occurredAt) {
    events++;
    firstAt = Math.min(firstAt, occurredAt);
    lastAt = Math.max(lastAt, occurredAt);
    if (commit == UNPROVED) {
      return;
    }
    makeRoom();
    appendVarint(commit - lastCommit);
    appendVarint(row);
    lastCommit = commit;
  }

  private void makeRoom() {
    if (evidenceSize + 20 > evidence.length) {
      evidence = Arrays.copyOf(evidence, Math.max(32, evidence.length * 2));
    }
  }

  /** As {@link #add(long, int, long)}, with what the event adds at that moment in the list. */
  void add(long commit, int row, long moment, long moved) {
    long latest = events == 0 ? 0 : lastAt;
    add(commit, row, moment);
    if (commit == UNPROVED) {
      return;
    }
    makeRoom();
    appendVarint((moved << 1) ^ (moved >> 63));
    long later = moment - latest;
    appendVarint((later << 1) ^ (later >> 63));
  }

  private void appendVarint(long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      evidence[evidenceSize++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    evidence[evidenceSize++] = (byte) rest;
  }

  void encode(ByteWriter to) {
    to.varint(charge);
    to.varint(revision);
    to.varint(booked);
    to.bool(late);
    to.zigzag(windowStart);
    to.varint(windowEnd - windowStart);
    to.bool(delta);
    to.zigzag(due);
    to.varint(slots.length);
    for (long slot : slots) {
      to.zigzag(slot);
    }
    to.varint(events);
    to.zigzag(quantity);
    to.zigzag(amount);
    to.zigzag(sponsor);
    if (sponsor != NOBODY) {
      to.zigzag(sponsored);
      to.varint(borrowed.lent());
      to.varint(borrowed.awaited());
      to.zigzag(borrowed.period());
    }
    to.zigzag(firstAt);
    to.zigzag(lastAt);
    to.varint(evidenceSize);
    to.raw(evidence, 0, evidenceSize);
    to.varint(lastCommit);
  }

  static Accrual decode(ByteReader from) {
    int charge = from.count(Integer.MAX_VALUE);
    int revision = from.count(Integer.MAX_VALUE);
    int booked = from.count(Integer.MAX_VALUE);
    boolean late = from.bool();
    long windowStart = from.zigzag();
    long windowEnd = windowStart + from.varint();
    boolean delta = from.bool();
    Accrual accrual =
        new Accrual(
            charge,
            revision,
            booked,
            late,
            windowStart,
            windowEnd,
            delta,
            from.zigzag(),
            new long[from.count(from.remaining())]);
    for (int i = 0; i < accrual.slots.length; i++) {
      accrual.slots[i] = from.zigzag();
    }
    accrual.events = from.count(Integer.MAX_VALUE);
    accrual.quantity = from.zigzag();
    accrual.amount = from.zigzag();
    accrual.sponsor = (int) from.zigzag();
    if (accrual.sponsor != NOBODY) {
      accrual.sponsored = from.zigzag();
      accrual.borrowed = new Borrowed(from.varint(), from.varint(), (int) from.zigzag());
    }
    accrual.firstAt = from.zigzag();
    accrual.lastAt = from.zigzag();
    accrual.evidenceSize = from.count(from.remaining());
    byte[] bytes = from.raw(accrual.evidenceSize);
    accrual.evidence = Arrays.copyOf(bytes, Math.max(32, bytes.length));
    accrual.lastCommit = from.varint();
    return accrual;
  }
}
