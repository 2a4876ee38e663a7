package io.millrace.connectors.trial;

import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.trial.TrialShard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The devices of a trial: those of a list, or each subject that shows up, on one offer, for an
 * account of its own name. Has one owner.
 */
final class TrialDevices {
  /** Below are the operator's own ledger accounts. */
  private static final int FIRST_ACCOUNT = 100;

  private final Rules rules;
  private final @Nullable Anyone anyone;
  private final Map<String, List<Held>> bySubject = new HashMap<>();
  private final Map<String, Integer> accounts = new HashMap<>();
  private final List<String> names = new ArrayList<>();
  private final List<String> subjects = new ArrayList<>();

  /** A subscription, and when it holds. */
  private record Held(int subscription, long from, long to) {}

  /**
   * Whoever shows up.
   *
   * @param offer index of the offer they are on
   * @param from first moment, where it is told; else that of the period of the first event
   */
  record Anyone(int offer, Optional<Long> from) {}

  TrialDevices(Rules rules, @Nullable Anyone anyone) {
    this.rules = rules;
    this.anyone = anyone;
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
    for (Held other : bySubject.getOrDefault(device.subject(), List.of())) {
      if (from < other.to && other.from < to) {
        return DeviceVerdict.OVERLAP;
      }
    }
    hold(device.subject(), device.account(), offer, from, to, shard);
    return DeviceVerdict.CREATED;
  }

  private int hold(
      String subject, String account, int offer, long from, long to, TrialShard shard) {
    subjects.add(subject);
    int subscription = subjects.size();
    bySubject
        .computeIfAbsent(subject, s -> new ArrayList<>(1))
        .add(new Held(subscription, from, to));
    Integer id = accounts.get(account);
    if (id == null) {
      id = FIRST_ACCOUNT + names.size();
      accounts.put(account, id);
      names.add(account);
    }
    shard.subscribe(subscription, id, offer, from, to);
    return subscription;
  }

  /**
   * The subscription of a subject at a moment.
   *
   * @return 0 where nothing is known of the subject, −1 where it has none then
   */
  int find(String subject, long at, TrialShard shard) {
    List<Held> all = bySubject.get(subject);
    if (all == null) {
      if (anyone == null) {
        return 0;
      }
      long first = rules.periods().startOf(0);
      if (at < first) {
        return -1;
      }
      long begun = rules.periods().startOf(rules.periods().indexOf(at));
      long from = Math.max(first, anyone.from().orElse(begun));
      hold(subject, subject, anyone.offer(), from, Long.MAX_VALUE, shard);
      all = Objects.requireNonNull(bySubject.get(subject));
    }
    for (Held each : all) {
      if (at >= each.from && at < each.to) {
        return each.subscription;
      }
    }
    return -1;
  }

  /** The name of an account. */
  String account(int id) {
    return names.get(id - FIRST_ACCOUNT);
  }

  /** The subject of a subscription. */
  String subject(long subscription) {
    return subjects.get(Math.toIntExact(subscription) - 1);
  }

  /** How many there are. */
  int size() {
    return subjects.size();
  }
}
