package io.millrace.connectors.trial;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogTest.Use;
import io.millrace.catalog.TopUp;
import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.EventType;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.DirectoryView;
import io.millrace.connectors.files.FileRefused;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.AccountAnswer;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialAccounts;
import io.millrace.processors.trial.TrialTotals;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Rates usage against a catalog, without a node or a database: decoded, looked for twice, priced
 * and sealed as a node would have it, whatever its age. Devices are dealt out to as many shards as
 * a node has, so that threads can share the work; what comes out is the same, in the same order,
 * however many do. Events go in in the order in which they were received; has one owner.
 */
public final class UsageTrial {
  /** Shards that devices are dealt out to: as many as a node has where nothing is said. */
  static final int LANES = 64;

  /** How much older than those before it an event may be: no file is refused for its age. */
  private static final long REACH = Duration.ofDays(36_500).toMillis();

  /** How far ahead of all before it an event may be: a broken clock would have ages pass. */
  private static final long FURTHEST = Duration.ofDays(3_660).toMillis();

  /** What time passes in after the last event, between looks at what was sealed. */
  private static final long STEP = Duration.ofHours(1).toMillis();

  private static final int MOST_STEPS = 1_000;

  /** The subject of events that a person wrote down without naming one. */
  private static final String DEVICE = "device";

  private static final byte[] KEY = new byte[16];

  private final Rules rules;
  private final ChargeSink sink;
  private final List<TrialLane> lanes = new ArrayList<>();
  private final Map<String, Integer> sources = new ConcurrentHashMap<>();
  private final AtomicInteger lastSource = new AtomicInteger();
  private final NotCharged unread = new NotCharged();
  private final UsageBlock written;
  private final boolean isListed;
  private final TrialAccounts sponsors;
  private final List<TopUp> given;
  private volatile @Nullable DirectoryView listed;
  private final Dealing dealing;

  /** What is listed of each subject, where devices share. */
  private final Map<String, List<Device>> bySubject = new HashMap<>();

  private boolean isTyped;
  private long lines;
  private long latest;

  /** Takes each charge as it is sealed. */
  public interface ChargeSink {
    /** Takes them nowhere. */
    ChargeSink NOWHERE =
        new ChargeSink() {
          @Override
          public void write(
              ChargeRow charge, Rules rules, String subject, String account, StringBuilder to) {}

          @Override
          public void written(StringBuilder charges) {}
        };

    /** Writes a charge of these rules; called by any thread. */
    void write(ChargeRow charge, Rules rules, String subject, String account, StringBuilder to);

    /** Takes what was written, in its order; called by the trial's owner. */
    void written(StringBuilder charges) throws IOException;
  }

  /**
   * An event that was not charged.
   *
   * @param line of its file, from 1
   */
  public record Refused(long line, Reason reason) {}

  /** What an account did not get, and why. */
  public record NotGiven(TopUp topUp, AccountAnswer.Outcome why) {}

  /**
   * What it came to.
   *
   * @param devices how many subscriptions there were
   * @param suspended how many events were not charged; {@code refused} are the first of them
   * @param until up to when time passed
   * @param accounts what each owes, by name
   * @param notGiven what accounts were to get, and a node would have refused
   * @param idle what accounts were to get that no device is on, and that sponsor nothing
   */
  public record Outcome(
      int devices,
      long charged,
      long duplicates,
      long suspended,
      List<Refused> refused,
      Instant until,
      TrialTotals totals,
      Map<String, BigDecimal> accounts,
      List<NotGiven> notGiven,
      List<TopUp> idle) {

    public Outcome {
      notGiven = List.copyOf(notGiven);
      idle = List.copyOf(idle);
      refused = List.copyOf(refused);
      accounts = Collections.unmodifiableMap(new TreeMap<>(accounts));
    }
  }

  private UsageTrial(
      Rules rules,
      TrialAccounts sponsors,
      List<TopUp> given,
      TrialDevices.@Nullable Anyone anyone,
      ChargeSink sink) {
    this.rules = rules;
    this.sink = sink;
    this.sponsors = sponsors;
    this.given = List.copyOf(given);
    this.isListed = anyone == null;
    this.dealing = Dealing.of(rules, given);
    this.latest = rules.periods().startOf(0);
    for (int i = 0; i < LANES; i++) {
      lanes.add(new TrialLane(i, rules, sponsors, anyone, sink));
    }
    given.forEach(topUp -> lane(topUp.account()).give(topUp));
    this.written = block();
    written.clear();
  }

  /**
   * For the devices of a list, to be added before there is usage.
   *
   * @param given what their accounts have bought, and what sponsors have
   */
  public static UsageTrial ofList(Catalog catalog, List<TopUp> given, ChargeSink sink) {
    TrialAccounts sponsors = new TrialAccounts();
    return new UsageTrial(compiled(catalog, sponsors), sponsors, given, null, sink);
  }

  /**
   * For whoever shows up, each for an account of its own.
   *
   * @param offer that they are on
   * @param from their first moment; where it is not told, that of their first event's period
   * @param given what their accounts have bought, and what sponsors have
   * @throws IllegalArgumentException where the catalog has no such offer
   */
  public static UsageTrial ofAnyone(
      Catalog catalog, String offer, Optional<Instant> from, List<TopUp> given, ChargeSink sink) {
    TrialAccounts sponsors = new TrialAccounts();
    Rules rules = compiled(catalog, sponsors);
    int index = rules.offerIndex(offer);
    if (index < 0) {
      throw new IllegalArgumentException("no offer " + offer);
    }
    TrialDevices.Anyone anyone = new TrialDevices.Anyone(index, from.map(Instant::toEpochMilli));
    return new UsageTrial(rules, sponsors, given, anyone, sink);
  }

  private static Rules compiled(Catalog catalog, TrialAccounts sponsors) {
    return Rules.compile(1, LANES, catalog, sponsors).reaching(REACH);
  }

  /** Takes a device in; what it refuses, it says as a node would. */
  public DeviceVerdict add(Device device) {
    if (dealing == Dealing.BY_SUBJECT) {
      return lane(device.subject()).add(device);
    }
    // All that may share is in one lane; what a subject has may be in several.
    List<Device> known = bySubject.computeIfAbsent(device.subject(), s -> new ArrayList<>());
    if (known.stream().anyMatch(k -> k.overlaps(device))) {
      return DeviceVerdict.OVERLAP;
    }
    DeviceVerdict verdict = lane(device.account()).add(device);
    if (!verdict.isRefusal()) {
      known.add(device);
    }
    return verdict;
  }

  private TrialLane lane(String name) {
    return lanes.get(dealing.laneOf(name));
  }

  /** Takes an event that a person wrote down; each is another one, and a line. */
  public void use(Use use) {
    written.use(use, use.device().isEmpty() ? DEVICE : use.device());
  }

  /** A block for its events. */
  UsageBlock block() {
    return new UsageBlock(
        rules,
        new CloudEventsCodec(EventType.of(rules), KEY, MeterValue::parse),
        name -> sources.computeIfAbsent(name, n -> lastSource.incrementAndGet()),
        lanes,
        dealing,
        () -> listed);
  }

  /** To be called once all devices are added. */
  void begin() {
    if (isListed) {
      Directory directory = new Directory();
      directory.add(lanes.stream().flatMap(lane -> lane.devices.listed().stream()).toList());
      listed = directory.view();
    }
  }

  /**
   * Puts a decoded block behind those before it.
   *
   * @throws FileRefused where a line is too long
   */
  void follow(UsageBlock block) throws FileRefused {
    block.follow(lines, latest, FURTHEST);
    lines = block.lines();
    latest = block.latest();
    block.tell(unread);
  }

  /** What is to be done to have blocks taken that follow each other. */
  List<Workers.Task> taking(List<UsageBlock> blocks) {
    List<Workers.Task> tasks = new ArrayList<>();
    for (TrialLane lane : lanes) {
      tasks.add(() -> blocks.forEach(lane::take));
    }
    return tasks;
  }

  /** Hands on the charges that were sealed with a block, once all lanes have taken it. */
  void taken(UsageBlock block) throws IOException {
    for (int i = 0; i < LANES; i++) {
      sink.written(block.rows(i).charges);
    }
  }

  /**
   * Takes nothing more, and lets time pass.
   *
   * @param until up to when, if that is after the latest event; what is open then is not charged.
   *     Where it is not told, the end of the settlement period that the latest event is in
   */
  public Outcome finish(Optional<Instant> until, Workers workers) throws IOException {
    followTyped();
    if (isTyped) {
      workers.run(taking(List.of(written)));
      taken(written);
    }
    long end =
        until.map(u -> Math.max(u.toEpochMilli(), latest + 1)).orElse(periodEnd().toEpochMilli());
    lanes.forEach(lane -> lane.endAt(end));
    // Step by step, so that what is sealed at the end is not all in memory at once.
    long step = Math.max(STEP, (end - latest) / MOST_STEPS);
    for (long time = latest; time < end; ) {
      time = Math.min(end, time + step);
      pass(time, workers);
    }
    return outcome(end);
  }

  private void followTyped() throws FileRefused {
    if (!isTyped && written.hasLines()) {
      isTyped = true;
      follow(written);
    }
  }

  private void pass(long time, Workers workers) throws IOException {
    StringBuilder[] charges = new StringBuilder[LANES];
    List<Workers.Task> tasks = new ArrayList<>();
    for (int i = 0; i < LANES; i++) {
      int lane = i;
      tasks.add(() -> charges[lane] = lanes.get(lane).runTo(time));
    }
    workers.run(tasks);
    for (StringBuilder each : charges) {
      sink.written(each);
    }
  }

  private Outcome outcome(long end) {
    TrialTotals totals = new TrialTotals(rules);
    Map<String, BigDecimal> accounts = new TreeMap<>();
    NotCharged notCharged = new NotCharged();
    notCharged.add(unread);
    int devices = 0;
    long begun = lanes.stream().mapToLong(lane -> lane.devices.earliest()).min().orElse(end);
    rules.offers().stream()
        .filter(offer -> begun < end)
        .forEach(offer -> totals.covers(offer, begun, end));
    for (TrialLane lane : lanes) {
      devices += lane.devices.size();
      totals.add(lane.totals);
      notCharged.add(lane.notCharged);
      lane.totals
          .accounts()
          .forEach((id, amount) -> accounts.merge(lane.account(id), amount, BigDecimal::add));
    }
    return new Outcome(
        devices,
        count(Verdict.CHARGED),
        count(Verdict.DUPLICATE),
        count(Verdict.SUSPENDED) + notCharged.count(),
        notCharged.first(),
        Instant.ofEpochMilli(end),
        totals,
        accounts,
        lanes.stream()
            .flatMap(lane -> lane.notGiven.stream())
            .sorted(Comparator.comparingInt(n -> n.topUp.place().line()))
            .toList(),
        given.stream().filter(this::isIdle).toList());
  }

  private boolean isIdle(TopUp topUp) {
    String name = topUp.account();
    return sponsors.number(name).isEmpty()
        && lanes.stream().noneMatch(lane -> lane.devices.areOn(name));
  }

  private long count(Verdict verdict) {
    return lanes.stream().mapToLong(lane -> lane.count(verdict)).sum();
  }

  /** The end of the settlement period that the latest event is in; no event comes after. */
  public Instant periodEnd() throws IOException {
    followTyped();
    return Instant.ofEpochMilli(rules.periods().endOf(rules.periods().indexOf(latest)));
  }
}
