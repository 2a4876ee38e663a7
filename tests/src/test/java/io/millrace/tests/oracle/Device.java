package io.millrace.tests.oracle;

/** A device's time with one customer, on one offer. */
final class Device {
  static final long NOBODY = -1;

  final long id;

  /** The device's first subscription: its name for all of them. */
  final long first;

  final int account;
  final Tariff.Offer offer;
  final long from;
  final long before;
  long to;
  long heir = NOBODY;
  long heirFrom = Long.MAX_VALUE;

  /** Whose use it is that it uses: its own, or that of all who share with it. */
  Device meter = this;

  /** It is no device, but what devices share. */
  final boolean isPool;

  /** It was here, and has gone to another shard. */
  boolean away;

  Device(long id, long first, int account, Tariff.Offer offer, long from, long to, long before) {
    this(id, first, account, offer, from, to, before, false);
  }

  /** What devices share, the first of which begins then. */
  static Device pool(long id, Device first) {
    return new Device(id, id, first.account, first.offer, first.from, Long.MAX_VALUE, NOBODY, true);
  }

  private Device(
      long id,
      long first,
      int account,
      Tariff.Offer offer,
      long from,
      long to,
      long before,
      boolean isPool) {
    this.isPool = isPool;
    this.id = id;
    this.first = first;
    this.account = account;
    this.offer = offer;
    this.from = from;
    this.to = to;
    this.before = before;
  }

  /** The same, as it leaves. */
  Device copy() {
    Device copy = new Device(id, first, account, offer, from, to, before);
    copy.meter = meter == this ? copy : meter;
    copy.heir = heir;
    copy.heirFrom = heirFrom;
    return copy;
  }

  /** Whether what happened then is for another subscription, or for this one elsewhere. */
  boolean sendsOn(long at) {
    return away || heir != NOBODY && at >= heirFrom;
  }
}
