package io.millrace.connectors.trial;

import io.millrace.connectors.codec.TextHash;
import io.millrace.connectors.directory.Interval;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.trial.TrialAccounts;
import io.millrace.processors.trial.TrialShard;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The devices of one lane of a trial: those of a list, or each subject that shows up, on one offer,
 * for an account of its own name. Their numbers tell the lane. Has one writer; while nobody writes,
 * any number of readers.
 */
final class TrialDevices {
  /** Nothing is known of the subject. */
  static final long UNKNOWN = 0;

  /** The subject has no subscription then. */
  static final long NONE_THEN = -1;

  /** Below are the operator's own ledger accounts. */
  private static final int FIRST_ACCOUNT = 100;

  private final int lane;
  private final Rules rules;
  private final TrialAccounts sponsors;
  private final @Nullable Anyone anyone;
  private final SubjectTable subjects = new SubjectTable();
  private final Map<String, Integer> accounts = new HashMap<>();
  private final List<String> names = new ArrayList<>();

  /** Accounts that get something, and that no device is on. */
  private final Set<Integer> idle = new HashSet<>();

  /** What a list says, until it is found by a directory. */
  private final List<Interval> listed = new ArrayList<>();

  /** Its subscriptions by the subject's number; mostly there is one. */
  private final List<Held> held = new ArrayList<>();

  /** The subjects' numbers by that of the subscription; {@link #POOL} for a pool. */
  private final List<Integer> subjectOf = new ArrayList<>();

  private static final Integer POOL = -1;

  private final Map<Pool, Long> pools = new HashMap<>();

  private record Pool(int account, int offer, String group) {}

  /** A subscription, when it holds, and the subject's one before. */
  private record Held(long subscription, long from, long to, @Nullable Held before) {}

  /**
   * Whoever shows up.
   *
   * @param offer index of the offer they are on
   * @param from first moment, where it is told; else that of the period of the first event
   */
  record Anyone(int offer, Optional<Long> from) {}

  private long earliest = Long.MAX_VALUE;

  TrialDevices(int lane, Rules rules, TrialAccounts sponsors, @Nullable Anyone anyone) {
    this.lane = lane;
    this.rules = rules;
    this.sponsors = sponsors;
    this.anyone = anyone;
  }

  /** The hash that {@link Dealing#laneOf} and {@link #find} are asked by. */
  static long hash(byte[] subject, int from, int length) {
    return TextHash.of(subject, from, length);
  }

  /** Takes a device in; what it refuses, it says as a node would. */
  DeviceVerdict add(Device device, TrialShard shard) {
    int offer = rules.offerIndex(device.offer());
    long from = device.from().toEpochMilli();
    long to = device.to().map(t -> t.toEpochMilli()).orElse(Long.MAX_VALUE);
    if (offer < 0) {
      return DeviceVerdict.UNKNOWN_OFFER;
    }
    if (from < rules.periods().startOf(0)) {
      return DeviceVerdict.TOO_EARLY;
    }
    DeviceVerdict group = DeviceVerdict.ofGroup(rules, device);
    if (group != null) {
      return group;
    }
    byte[] subject = device.subject().getBytes(StandardCharsets.UTF_8);
    long hash = hash(subject, 0, subject.length);
    int number = subjects.find(subject, 0, subject.length, hash);
    for (Held h = number < 0 ? null : held.get(number); h != null; h = h.before) {
      if (from < h.to && h.from < to) {
        return DeviceVerdict.OVERLAP;
      }
    }
    if (number < 0) {
      number = subjects.add(subject, 0, subject.length, hash);
    }
    long subscription = hold(number, device.account(), offer, from, to, device.group(), shard);
    listed.add(new Interval(device.subject(), subscription, lane, 0, offer, from, to));
    return DeviceVerdict.CREATED;
  }

  /** What the list says, given once. */
  List<Interval> listed() {
    List<Interval> all = List.copyOf(listed);
    listed.clear();
    return all;
  }

  private long number(Integer subject) {
    subjectOf.add(subject);
    return 1 + lane + (subjectOf.size() - 1L) * UsageTrial.LANES;
  }

  private long hold(
      int subject, String account, int offer, long from, long to, String group, TrialShard shard) {
    long subscription = number(subject);
    earliest = Math.min(earliest, from);
    if (subject == held.size()) {
      held.add(new Held(subscription, from, to, null));
    } else {
      held.set(subject, new Held(subscription, from, to, held.get(subject)));
    }
    int id = number(account);
    idle.remove(id);
    if (rules.offers().get(offer).isPooled()) {
      long pool = pools.computeIfAbsent(new Pool(id, offer, group), p -> number(POOL));
      shard.subscribe(subscription, id, offer, from, to, pool, group);
    } else {
      shard.subscribe(subscription, id, offer, from, to);
    }
    return subscription;
  }

  /** The number of an account that gets something; to be called before devices are added. */
  int give(String account) {
    int id = number(account);
    idle.add(id);
    return id;
  }

  /** Whether one of them is on an account that is no sponsor's. */
  boolean areOn(String account) {
    Integer id = accounts.get(account);
    return id != null && !idle.contains(id);
  }

  private int number(String account) {
    Integer id = sponsors.number(account).orElseGet(() -> accounts.get(account));
    if (id == null) {
      id = Math.addExact(FIRST_ACCOUNT + lane, Math.multiplyExact(names.size(), UsageTrial.LANES));
      accounts.put(account, id);
      names.add(account);
    }
    return id;
  }

  /** Reads what some subjects will be found by: reads of memory wait for it together. */
  long warm(long[] hashes, int from, int to) {
    return subjects.warm(hashes, from, to);
  }

  /**
   * The subscription of a subject at a moment; a subject that shows up is not taken in.
   *
   * @return {@link #UNKNOWN} or {@link #NONE_THEN} where it has none
   */
  long find(byte[] in, int from, int length, long hash, long at) {
    int subject = subjects.find(in, from, length, hash);
    for (Held h = subject < 0 ? null : held.get(subject); h != null; h = h.before) {
      if (at >= h.from && at < h.to) {
        return h.subscription;
      }
    }
    return subject < 0 ? UNKNOWN : NONE_THEN;
  }

  /** As {@link #find}; a subject that shows up is taken in, where there is no list. */
  long takeIn(byte[] in, int from, int length, long hash, long at, TrialShard shard) {
    long found = find(in, from, length, hash, at);
    if (found != UNKNOWN || anyone == null) {
      return found;
    }
    if (at < rules.periods().startOf(0)) {
      return NONE_THEN;
    }
    int subject = subjects.add(in, from, length, hash);
    long begun = rules.periods().startOf(rules.periods().indexOf(at));
    String name = subjects.name(subject);
    long first = Math.max(rules.periods().startOf(0), anyone.from().orElse(begun));
    hold(subject, name, anyone.offer(), first, Long.MAX_VALUE, "", shard);
    return find(in, from, length, hash, at);
  }

  /** Whether whoever shows up at a moment is taken in. */
  boolean isSold(long at) {
    return anyone != null
        && at >= rules.periods().startOf(0)
        && at >= anyone.from().orElse(Long.MIN_VALUE);
  }

  /** The name of an account. */
  String account(int id) {
    return names.get((id - FIRST_ACCOUNT) / UsageTrial.LANES);
  }

  /** The subject of a subscription; empty for a pool, which is no device's. */
  String subject(long subscription) {
    Integer number = subjectOf.get(Math.toIntExact((subscription - 1) / UsageTrial.LANES));
    return number.equals(POOL) ? "" : subjects.name(number);
  }

  /**
   * The first moment of any of them, milliseconds since 1970-01-01 UTC; {@link Long#MAX_VALUE}
   * without any.
   */
  long earliest() {
    return earliest;
  }

  /** How many subscriptions devices have. */
  int size() {
    return subjectOf.size() - pools.size();
  }
}
