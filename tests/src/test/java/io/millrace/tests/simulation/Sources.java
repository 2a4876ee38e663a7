package io.millrace.tests.simulation;

import io.millrace.connectors.shard.Work;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** Sources that send until they are told, in no order; and operators who recycle what waits. */
final class Sources {
  /** All that was ever published. */
  final List<Message> messages = new ArrayList<>();

  /** What is not done. */
  final List<Message> queue = new ArrayList<>();

  /** How often a source was told. */
  int answers;

  /** From here on all is in order. */
  boolean calm;

  private final Plan plan;
  private final int shards;
  private final SimulatedStore truth;
  private final Planted planted;
  private final SplittableRandom random;
  private final Fault.Tally faults;
  private final Map<String, Message> byHash = new HashMap<>();
  private final Set<Long> overridden = new HashSet<>();

  Sources(
      Plan plan,
      int shards,
      SimulatedStore truth,
      Planted planted,
      SplittableRandom random,
      Fault.Tally faults) {
    this.plan = plan;
    this.shards = shards;
    this.truth = truth;
    this.planted = planted;
    this.random = random;
    this.faults = faults;
  }

  /** What a node has read and not answered is sent again, to whoever asks. */
  void redeliver(SimulatedNode node) {
    for (Message m : queue) {
      if (node.name.equals(m.heldBy)) {
        faults.add(Fault.REDELIVERED);
        m.heldBy = null;
        m.forwarded = false;
      }
    }
  }

  void publish(List<Message> some) {
    for (Message m : some) {
      messages.add(m);
      queue.add(m);
      byHash.put(Judgement.hash(m.source, m.raw), m);
    }
  }

  /** Reads from the queue, and sometimes from suspense. */
  SimulatedNode.Batch fetch(SimulatedNode node, long now) {
    List<Message> some = new ArrayList<>();
    int want = calm ? 50 : random.nextInt(14);
    int skip = 0;
    Message opening = queue.stream().filter(m -> m.opens).findFirst().orElse(null);
    for (Message m : opening == null ? queue : List.of(opening)) {
      if (some.size() == want) {
        break;
      }
      look(m);
      boolean mine = node.running().owns(m.shard) || random.nextInt(300) == 0;
      boolean there =
          !m.forwarded
              || planted == Planted.EVENTS_BEFORE_WINDOWS
              || node.running().holds(m.shard, m.subscription);
      if (m.heldBy == null && mine && there && (calm || m.availableAt <= now)) {
        if (!calm && random.nextInt(4) == 0) {
          skip++;
        } else {
          if (skip > 0) {
            faults.add(Fault.REORDERED);
            skip = 0;
          }
          m.heldBy = node.name;
          m.deliveries++;
          some.add(m);
        }
      }
    }
    return new SimulatedNode.Batch(
        work(node, some, now), some, some.stream().map(m -> m.shard).toList());
  }

  /** A message is sent where the directory says, at times an old one. */
  private void look(Message m) {
    boolean hasDevice = m.command == null || m.kind == Message.Kind.MOVE;
    if (m.heldBy != null || !hasDevice || m.forwarded) {
      return;
    }
    SimulatedDirectory.Place before = new SimulatedDirectory.Place(m.subscription, m.shard);
    long at = m.command instanceof Command.Move move ? move.at() : m.at;
    SimulatedDirectory.Place now = truth.directory.find(m.device, at, before);
    if (!now.equals(before)) {
      if (!calm && random.nextInt(3) > 0) {
        faults.add(Fault.STALE_DIRECTORY);
      } else {
        m.subscription = now.subscription();
        m.shard = now.shard();
      }
    }
  }

  /** Its device is elsewhere: the node sends it on, or its source sends it again. */
  void sendOn(SimulatedNode node, Message m, long subscription, int shard) {
    faults.add(Fault.EVENT_SENT_ON);
    m.heldBy = null;
    m.forwarded =
        planted == Planted.EVENTS_BEFORE_WINDOWS
            || node.running().owns(shard) && random.nextBoolean();
    if (m.forwarded) {
      m.subscription = subscription;
      m.shard = shard;
    }
  }

  private Work work(SimulatedNode node, List<Message> some, long now) {
    UsageBatch batch = new UsageBatch(16);
    int[] rows = new int[shards];
    for (Message m : some) {
      if (m.command == null) {
        m.appendTo(batch, now, planted.idOf(m));
        rows[m.shard]++;
      }
    }
    Message again = calm || random.nextInt(4) > 0 ? null : recyclable(node, now);
    UsageBatch last = new UsageBatch(1);
    if (again != null) {
      again.appendTo(last, now, again.id);
    }
    Work work = Work.sorted(List.of(batch, last), shards, new Work.Room());
    for (Message m : some) {
      if (m.command instanceof Command.Suspend s) {
        work.command(
            m.shard,
            new Command.Suspend(
                s.source(), s.reason(), s.fingerprint(), now, s.raw(), s.rawSize(), s.rawHash()));
      } else if (m.command != null) {
        work.command(m.shard, m.command);
      }
    }
    if (again != null) {
      byte[] hash = HexFormat.of().parseHex(Judgement.hash(again.source, again.raw));
      boolean old = again.at < now - plan.tariff(false).horizon();
      faults.add(old ? Fault.RECYCLED_PAST_HORIZON : Fault.RECYCLED);
      work.command(
          again.shard,
          new Command.Recycled(rows[again.shard], again.source, hash, old ? "operator" : null));
    }
    return work;
  }

  private @Nullable Message recyclable(SimulatedNode node, long now) {
    List<Message> open = new ArrayList<>();
    truth.suspense.forEach(
        (hash, waiting) -> {
          Message m = byHash.get(hash);
          if (m != null) {
            look(m);
          }
          if (waiting.state().equals("open")
              && m != null
              && m.command == null
              && node.running().owns(m.shard)) {
            open.add(m);
          }
        });
    if (open.isEmpty()) {
      return null;
    }
    Message m = Plan.pick(random, open);
    long once = plan.extras().rooted() ? 0 : m.device;
    if (m.at < now - plan.tariff(false).horizon() && !overridden.add(once)) {
      return null; // What was charged past the horizon is not remembered: an operator asks once.
    }
    return m;
  }

  /** The source is told that it is done. */
  void acknowledge(Message m) {
    answers++;
    m.acknowledged++;
    queue.remove(m);
  }
}
