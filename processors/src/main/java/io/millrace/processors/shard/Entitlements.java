package io.millrace.processors.shard;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Feature;
import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.rating.Rules;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which features a shard's devices have, and until when. One writer changes it; what is committed
 * can be read by any thread, without asking that one. One that is over falls due, and is gone with
 * the commit that finds it so: whether something is unlocked is the shard's clock's to say.
 */
final class Entitlements {
  private record Key(int account, long subscription, String feature) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
      int order = Integer.compare(account, other.account);
      order = order != 0 ? order : Long.compare(subscription, other.subscription);
      return order != 0 ? order : feature.compareTo(other.feature);
    }
  }

  private record Held(Key key, long until, long changedSeq) implements Comparable<Held> {
    @Override
    public int compareTo(Held other) {
      int byTime = Long.compare(until, other.until);
      return byTime != 0 ? byTime : key.compareTo(other.key);
    }
  }

  private final Map<Key, Held> all = new HashMap<>();
  private final TreeSet<Held> inOrderOfEnd = new TreeSet<>();
  private final Set<Key> changed = new HashSet<>();

  /**
   * Those that have changed since the last checkpoint that a delta was made from, and maybe more.
   */
  private final Set<Key> unsaved = new HashSet<>();

  private final List<Runnable> undo;

  /** What is committed. */
  private final Map<Key, Long> shown = new ConcurrentHashMap<>();

  Entitlements(List<Runnable> undo) {
    this.undo = undo;
  }

  /**
   * Unlocks what an event of a type does by the version of the catalog that holds then, each from
   * now or from its end on; also for the offers that the device goes to under the same account.
   *
   * @return until when the first of its features is unlocked; 0 where it unlocks none
   */
  long unlock(ShardState state, Rules rules, Subscription s, int type, long occurredAt) {
    long first = 0;
    for (Feature feature : unlockedBy(rules, type, occurredAt)) {
      Subscription each = s;
      while (each != null && each.account == s.account) {
        long until = unlock(each, feature, state.time, state.seq);
        first = first == 0 ? until : first;
        each = state.subscriptions.get(each.moves.heir());
      }
    }
    return first;
  }

  private long unlock(Subscription s, Feature feature, long now, long seq) {
    Key key = new Key(s.account.id, s.id, feature.name());
    Held before = all.get(key);
    long from = before == null ? now : Math.max(now, before.until);
    long until = from + feature.validity().toMillis();
    put(key, new Held(key, until, seq));
    return until;
  }

  /** What is paid for stays unlocked for a device that goes to another offer of its account. */
  void follow(Rules rules, Subscription last, Subscription next, long seq) {
    if (last.account != next.account) {
      return;
    }
    Set<String> features = new TreeSet<>();
    rules.catalogs().forEach(version -> features.addAll(version.features().keySet()));
    for (String feature : features) {
      Held held = all.get(new Key(last.account.id, last.id, feature));
      if (held != null) {
        Key key = new Key(next.account.id, next.id, feature);
        put(key, new Held(key, held.until, seq));
      }
    }
  }

  private static List<Feature> unlockedBy(Rules rules, int type, long at) {
    Catalog then = rules.catalogs().getFirst();
    for (Catalog each : rules.catalogs()) {
      then = each.effective().toEpochMilli() <= at ? each : then;
    }
    String name = rules.types().get(type).name();
    return then.features().values().stream()
        .filter(f -> f.meter().eventType().equals(name))
        .toList();
  }

  /** When the next one is over, {@link Long#MAX_VALUE} where none is ever. */
  long nextDue() {
    return inOrderOfEnd.isEmpty() ? Long.MAX_VALUE : inOrderOfEnd.first().until;
  }

  /** Locks the one that is over next. */
  void lockFirst() {
    put(inOrderOfEnd.first().key, null);
  }

  private void put(Key key, @Nullable Held held) {
    Held before = replace(key, held);
    changed.add(key);
    unsaved.add(key);
    undo.add(() -> replace(key, before));
  }

  private @Nullable Held replace(Key key, @Nullable Held held) {
    Held before = held == null ? all.remove(key) : all.put(key, held);
    if (before != null) {
      inOrderOfEnd.remove(before);
    }
    if (held != null) {
      inOrderOfEnd.add(held);
    }
    return before;
  }

  /** Until when a feature is unlocked as of the last commit, 0 where it is not; for any thread. */
  long until(int account, long subscription, String feature) {
    return shown.getOrDefault(new Key(account, subscription, feature), 0L);
  }

  void accept() {
    changed.forEach(this::show);
    changed.clear();
  }

  private void show(Key key) {
    Held held = all.get(key);
    if (held == null) {
      shown.remove(key);
    } else {
      shown.put(key, held.until);
    }
  }

  void undone() {
    changed.clear();
  }

  void encode(ByteWriter out, long since) {
    out.varint(all.size());
    Collection<Held> some = since == 0 ? inOrderOfEnd : changedSince(since);
    out.varint(some.size());
    for (Held h : some) {
      out.varint(h.key.account);
      out.varint(h.key.subscription);
      out.string(h.key.feature);
      out.zigzag(h.until);
    }
  }

  private TreeSet<Held> changedSince(long since) {
    TreeSet<Held> those = new TreeSet<>();
    for (Iterator<Key> keys = unsaved.iterator(); keys.hasNext(); ) {
      Held held = all.get(keys.next());
      if (held == null || held.changedSeq <= since) {
        keys.remove();
      } else {
        those.add(held);
      }
    }
    return those;
  }

  /** Adds what has come since, and drops as many as have gone: those that end first. */
  void overlay(ByteReader in) {
    int left = in.count(Integer.MAX_VALUE);
    for (int i = in.count(in.remaining()); i > 0; i--) {
      Key key = new Key(in.count(Integer.MAX_VALUE), in.varint(), in.string());
      replace(key, new Held(key, in.zigzag(), 0));
      show(key);
    }
    while (all.size() > left) {
      Key gone = inOrderOfEnd.first().key;
      replace(gone, null);
      show(gone);
    }
  }
}
