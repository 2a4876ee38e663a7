package io.millrace.tests.oracle;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is on its way between shards. */
final class Post {

  /** A message's place: who sent it, with which commit, as which of its messages. */
  record Address(int from, long seq, int n) {}

  /** A device that moves with a commit, and all that is known of it. */
  record Parcel(
      long commit,
      List<Device> devices,
      Device next,
      Map<Expected.Identity, Long> seen,
      Map<Expected.Curve, BigInteger> totals,
      Map<Expected.Curve, BigInteger> apart,
      Map<Expected.Curve, BigInteger> bases,
      Map<Metered.Memory, List<Measuring.Taken>> readings,
      Map<Buckets.Of, Map<Buckets.By, BigInteger>> drawn,
      Book.@Nullable Pool pool) {}

  private final Map<Address, Parcel> underWay = new HashMap<>();
  private final Set<Address> taken = new HashSet<>();
  private final List<Address> early = new ArrayList<>();

  void send(Address address, Parcel parcel) {
    underWay.put(address, parcel);
  }

  boolean knows(Address address) {
    return underWay.containsKey(address) || taken.contains(address);
  }

  /** Null where it was taken before. */
  @Nullable Parcel take(Address address, long commit) {
    taken.add(address);
    Parcel parcel = underWay.remove(address);
    if (parcel != null && parcel.commit >= commit) {
      early.add(address);
    }
    return parcel;
  }

  /** Received by commits whose numbers are not above the senders': a device's numbers must rise. */
  List<Address> early() {
    return early;
  }

  Set<Address> lost() {
    return underWay.keySet();
  }
}
