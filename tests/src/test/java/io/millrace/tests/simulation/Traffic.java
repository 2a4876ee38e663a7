package io.millrace.tests.simulation;

import static io.millrace.tests.simulation.Plan.hours;

import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** The city's devices and what they send: mostly in order, often not. */
final class Traffic {
  /** Between these two a number that comes again may be called either name: none is sent. */
  private static final long CLEARLY_ANOTHER = hours(12);

  private static final long SURELY_FORGOTTEN = hours(36 * 24);
  private static final int MOST_BITS = 62;

  /** Numbers from here on are of what devices share. */
  static final long FIRST_POOL = 5_000_000;

  /** A device and what it has sent so far. */
  private static final class Device {
    final long subscription;
    final int account;
    int offer;
    final long from;
    long counter;
    final Map<Long, List<Long>> used = new HashMap<>();
    final List<Message> sent = new ArrayList<>();

    Device(long subscription, int account, int offer, long from) {
      this.subscription = subscription;
      this.account = account;
      this.offer = offer;
      this.from = from;
    }
  }

  private final SplittableRandom random;
  private final int shards;
  private final Fault.Tally faults;
  private final boolean counted;
  private final Extras extras;

  /** For what is beside what all cities have: those without it go on as they did. */
  private final SplittableRandom more;

  private final List<Device> devices = new ArrayList<>();
  private final SimulatedDirectory directory;
  private int serial;
  private int pools;

  Traffic(
      Plan plan,
      SplittableRandom random,
      int shards,
      SimulatedDirectory directory,
      Fault.Tally faults) {
    this.directory = directory;
    this.counted = plan.counted();
    this.extras = plan.extras();
    this.random = random;
    this.more = new SplittableRandom(plan.start());
    this.shards = shards;
    this.faults = faults;
    int n = 4 + random.nextInt(8);
    for (int d = 0; d < n; d++) {
      int offer = random.nextInt(2);
      boolean old = offer == 1 && random.nextBoolean();
      long from = plan.start() - (old ? hours(45 * 24) : random.nextLong(hours(60)));
      long subscription = 1 + random.nextInt(1_000_000);
      devices.add(new Device(subscription, 101 + more.nextInt(3), offer, from));
    }
  }

  /** How each device comes to be known. */
  List<Message> subscriptions(long now) {
    List<Message> all = new ArrayList<>();
    for (Device d : devices) {
      long to = random.nextInt(6) == 0 ? now + random.nextLong(hours(40)) : Long.MAX_VALUE;
      int account = 101 + random.nextInt(3);
      Command.Subscribe command =
          new Command.Subscribe(
              d.subscription,
              "device-" + d.subscription,
              extras.rooted() ? d.account : account,
              d.offer,
              d.from,
              to,
              extras.share(d.offer, FIRST_POOL + pools++, more, faults));
      all.add(Message.command(Message.Kind.SUBSCRIBE, 0, command, d.subscription, home(d)));
      if (random.nextInt(4) == 0) {
        faults.add(Fault.SUBSCRIBED_TWICE);
        all.add(all.getLast().again());
      }
    }
    return all;
  }

  /** What the devices send next; {@code now} is the city's time. */
  List<Message> next(long now) {
    List<Message> out = new ArrayList<>();
    if (random.nextInt(20) == 0) {
      out.addAll(move(now));
    }
    for (int n = random.nextInt(12); n > 0; n--) {
      Message m = one(now);
      m.availableAt = now;
      if (strikes(12, Fault.DELAYED)) {
        m.availableAt = now + random.nextLong(hours(6));
      }
      out.add(m);
      if (strikes(15, Fault.DUPLICATE_PUBLISHED)) {
        Message twin = m.again();
        twin.availableAt = now + random.nextLong(hours(1));
        out.add(twin);
      }
    }
    return out;
  }

  /** Its next subscription, mostly a while ahead; at times in the past, which is refused. */
  private List<Message> move(long now) {
    faults.add(Fault.MOVE_ASKED);
    Device d = Plan.pick(random, devices);
    SimulatedDirectory.Place last =
        directory.find(
            d.subscription, Long.MAX_VALUE, new SimulatedDirectory.Place(d.subscription, home(d)));
    long at =
        random.nextInt(6) == 0 ? now - random.nextLong(hours(3)) : now + random.nextLong(hours(2));
    long to = random.nextInt(6) == 0 ? at + 1 + random.nextLong(hours(40)) : Long.MAX_VALUE;
    int offer = random.nextInt(4) == 0 ? 1 - d.offer : d.offer;
    d.offer = offer;
    long next = 4_000_000 + serial++;
    int account = 101 + random.nextInt(3);
    int shard = extras.rooted() ? home(d) : shardOf(next);
    Command.Move command =
        new Command.Move(
            last.subscription(),
            at,
            next,
            shard,
            "device-" + d.subscription,
            extras.rooted() ? d.account : account,
            offer,
            to,
            extras.share(offer, FIRST_POOL + pools++, more, faults));
    if (last.shard() == shard) {
      faults.add(Fault.MOVED_INSIDE_ITS_SHARD);
    }
    Message m = Message.command(Message.Kind.MOVE, 0, command, d.subscription, last.shard());
    if (random.nextInt(4) > 0) {
      return List.of(m);
    }
    faults.add(Fault.MOVE_ASKED_TWICE);
    return List.of(m, m.again());
  }

  /** Where a device's account is pinned, where some devices share; else where it is itself. */
  private int home(Device d) {
    return extras.rooted() ? shardOf(d.account) : shardOf(d.subscription);
  }

  private Message one(long now) {
    Device d = Plan.pick(random, devices);
    return switch (random.nextInt(60)) {
      case 0 -> malformed(now);
      case 1 -> ancient(d, now);
      case 2 ->
          event(
              d,
              now + hours(1) + hours(random.nextInt(1, 20)),
              d.offer,
              reading(),
              Fault.IN_THE_FUTURE);
      case 3 ->
          event(
              new Device(2_000_000 + random.nextInt(9), 101, 0, 0),
              now,
              0,
              reading(),
              Fault.UNKNOWN_DEVICE);
      case 4 -> event(d, now, 1 - d.offer, reading(), Fault.UNPRICED_TYPE);
      case 5 -> event(d, d.from - 1, d.offer, reading(), Fault.OUTSIDE_SUBSCRIPTION);
      case 6 -> event(d, now, d.offer, hugeReading(), Fault.HUGE_QUANTITY);
      case 7 -> event(d, now, d.offer, -reading(), Fault.NEGATIVE_QUANTITY);
      case 8 -> restarted(d, now);
      case 9 -> otherBody(d, now);
      case 10, 11, 12 -> text(d, now);
      case 13 -> poison(d, now);
      case 14 -> poisonedCommand();
      case 15, 16, 17, 18 ->
          event(d, now - random.nextLong(hours(3)), d.offer, reading(), Fault.WINDOW_SEALED);
      case 19, 20, 21 ->
          event(
              d,
              now - hours(20) - random.nextLong(hours(40)),
              d.offer,
              reading(),
              Fault.PERIOD_CLOSED);
      default -> event(d, now - random.nextLong(120_000), d.offer, reading(), null);
    };
  }

  private long reading() {
    return random.nextInt(8) == 0 ? 0 : random.nextLong(1, random.nextBoolean() ? 50 : 2_000_000);
  }

  private Message event(Device d, long at, int type, long reading, Fault fault) {
    if (fault != null) {
      faults.add(fault);
    }
    while (!isClear(d, d.counter, at)) {
      d.counter++;
    }
    return keep(d, usage(d, d.counter++, true, at, type, new long[] {reading}));
  }

  private static boolean isClear(Device d, long number, long at) {
    return d.used.getOrDefault(number, List.of()).stream()
        .allMatch(used -> Math.abs(used - at) >= CLEARLY_ANOTHER);
  }

  /** Absurd, and valid: by itself, or in some sum that it becomes part of, over what is taken. */
  private long hugeReading() {
    long reading = 1L << random.nextInt(MOST_BITS / 2, MOST_BITS + 1);
    return random.nextInt(4) == 0 ? -reading : reading;
  }

  /** Under an id of its own: what is charged past the horizon is not remembered for long. */
  private Message ancient(Device d, long now) {
    faults.add(Fault.TOO_OLD);
    return usage(
        d, random.nextLong(), false, now - SURELY_FORGOTTEN, d.offer, new long[] {reading()});
  }

  private Message restarted(Device d, long now) {
    d.counter = 0;
    return event(d, now, d.offer, reading(), Fault.COUNTER_RESTARTED);
  }

  private Message otherBody(Device d, long now) {
    if (d.sent.isEmpty()) {
      return event(d, now, d.offer, reading(), null);
    }
    faults.add(Fault.SAME_ID_OTHER_BODY);
    Message m = Plan.pick(random, d.sent);
    return usage(d, m.id, m.numbered, m.at, m.type, new long[] {reading()});
  }

  private Message text(Device d, long now) {
    if (random.nextInt(4) == 0 && !d.sent.isEmpty()) {
      Message m = Plan.pick(random, d.sent);
      if (!m.numbered) {
        faults.add(Fault.TEXT_ID_REUSED);
        long at = m.at + (random.nextBoolean() ? 1 : -1) * random.nextLong(hours(30));
        return usage(d, m.id, false, at, d.offer, new long[] {reading()});
      }
    }
    faults.add(Fault.TEXT_ID);
    long print = random.nextLong();

    return keep(
        d,
        usage(d, print, false, now - random.nextLong(hours(2)), d.offer, new long[] {reading()}));
  }

  /** A decoder's bug: a reading is missing. */
  private Message poison(Device d, long now) {
    faults.add(Fault.POISONED_EVENT);
    while (!isClear(d, d.counter, now)) {
      d.counter++;
    }
    d.used.computeIfAbsent(d.counter, n -> new ArrayList<>()).add(now);
    byte[] raw = ("{\"poison\":" + serial++ + "}").getBytes(StandardCharsets.UTF_8);
    return new Message(
        Message.Kind.POISON,
        1,
        d.subscription,
        home(d),
        d.counter++,
        true,
        now,
        d.offer,
        new long[0],
        raw,
        null);
  }

  /** An importer's bug: an offer that is none. */
  private Message poisonedCommand() {
    faults.add(Fault.POISONED_COMMAND);
    long id = 3_000_000 + serial++;
    return Message.command(
        Message.Kind.POISON,
        0,
        new Command.Subscribe(id, "device", 101, 99, 0, Long.MAX_VALUE),
        id,
        random.nextInt(shards));
  }

  private Message malformed(long now) {
    faults.add(Fault.MALFORMED);
    byte[] raw =
        ("{\"garbled\":" + serial++ + "," + random.nextLong()).getBytes(StandardCharsets.UTF_8);
    int source = 1 + random.nextInt(2);
    byte[] hash = Digests.suspense(source, raw);
    long print = Digests.head(hash);
    return new Message(
        Message.Kind.MALFORMED,
        source,
        0,
        ShardKey.of(print, shards),
        0,
        false,
        0,
        0,
        new long[0],
        raw,
        new Command.Suspend(source, Reason.MALFORMED, print, now, raw, raw.length, hash));
  }

  private Message usage(Device d, long id, boolean numbered, long at, int type, long[] reading) {
    long[] values = type == Plan.LAMP_REPORT || type == Plan.WATER_REPORT ? reading : new long[0];
    if (type == Plan.LAMP_REPORT && counted) {
      long turns = Counted.isRead(reading[0]) ? turns(at, reading[0]) : UsageBatch.NOT_READ;
      values = new long[] {reading[0], turns};
    }
    String zone = "";
    if (extras.zoned() && type == Plan.WATER_REPORT) {
      zone = Plan.pick(more, Extras.ZONES);
      values = new long[] {reading[0], Extras.told(zone)};
      zone = zone.equals("far") && d.subscription % 2 == 0 ? "" : zone;
    }
    int source = numbered && id % 7 == 3 ? 2 : 1;
    String raw =
        "{\"subject\":\"device-%d\",\"id\":\"%d\",\"n\":%b,\"time\":%d,\"type\":%d,\"value\":%s%s}"
            .formatted(
                d.subscription,
                id,
                numbered,
                at,
                type,
                Arrays.toString(values),
                zone.isEmpty() ? "" : ",\"zone\":\"" + zone + "\"");
    return new Message(
        Message.Kind.USAGE,
        source,
        d.subscription,
        home(d),
        id,
        numbered,
        at,
        type,
        values,
        raw.getBytes(StandardCharsets.UTF_8),
        null);
  }

  /** What a counter shows then, that is exchanged or rolls over twice a day; at times anything. */
  private long turns(long at, long reading) {
    return reading % 8 == 0 || reading < 0
        ? reading
        : Math.floorMod(at / 1_000, 43_210) * (Counted.ROLLS_OVER / 43_211);
  }

  private Message keep(Device d, Message m) {
    d.sent.add(m);
    if (m.numbered) {
      d.used.computeIfAbsent(m.id, n -> new ArrayList<>()).add(m.at);
    }
    return m;
  }

  private int shardOf(long subscription) {
    return ShardKey.of(subscription, shards);
  }

  private boolean strikes(int oneIn, Fault fault) {
    boolean strikes = random.nextInt(oneIn) == 0;
    if (strikes) {
      faults.add(fault);
    }
    return strikes;
  }
}
