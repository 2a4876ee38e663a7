package io.millrace.connectors.trial;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.CatalogTest.Use;
import io.millrace.connectors.codec.Codec;
import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.CodecSpecs;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.mediation.Mediator;
import io.millrace.connectors.tenant.Device;
import io.millrace.connectors.tenant.DeviceVerdict;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.shard.Effects.Verdict;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.trial.TrialShard;
import io.millrace.processors.trial.TrialTotals;
import io.millrace.processors.trial.TypedUse;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Rates usage against a catalog, without a node or a database: decoded, looked for twice, priced
 * and sealed as a node would have it, whatever its age. Events go in in the order in which they
 * were received; has one owner.
 */
public final class UsageTrial implements Codec.Sink {
  /** How much older than those before it an event may be: no file is refused for its age. */
  private static final long REACH = Duration.ofDays(36_500).toMillis();

  /** How far ahead of all before it an event may be: a broken clock would have ages pass. */
  private static final long FURTHEST = Duration.ofDays(3_660).toMillis();

  /** The subject of events that a person wrote down. */
  private static final String DEVICE = "device";

  /** Shards as few as a node has, so that its bounds hold. */
  private static final int SHARDS = 4;

  private static final int ROWS = 4_096;
  private static final int MOST_TOLD = 100;
  private static final byte[] KEY = new byte[16];

  private final Rules rules;
  private final TrialDevices devices;
  private final TrialShard shard;
  private final TrialTotals totals;
  private final ChargeSink sink;
  private final Codec codec;
  private final UsageBatch usage = new UsageBatch(ROWS);
  private final long[] lines = new long[ROWS];
  private final List<NotCharged> notCharged = new ArrayList<>();
  private final long[] counts = new long[Verdict.values().length];
  private final Map<String, Integer> sources = new HashMap<>();
  private byte[] lastSource = {};
  private int source;
  private long line;
  private long latest;
  private long end = Long.MAX_VALUE;

  /** Takes each charge as it is sealed. */
  public interface ChargeSink {
    /** A charge of these rules. */
    void charge(ChargeRow charge, Rules rules);
  }

  /**
   * An event that was not charged.
   *
   * @param line of its file, from 1
   */
  public record NotCharged(long line, Reason reason) {}

  /**
   * What it came to.
   *
   * @param devices how many subscriptions there were
   * @param suspended how many events were not charged; {@code notCharged} are the first of them
   * @param until up to when time passed
   * @param accounts what each owes, by name
   */
  public record Outcome(
      int devices,
      long charged,
      long duplicates,
      long suspended,
      List<NotCharged> notCharged,
      Instant until,
      TrialTotals totals,
      Map<String, BigDecimal> accounts) {

    public Outcome {
      notCharged = List.copyOf(notCharged);
      accounts = Collections.unmodifiableMap(new TreeMap<>(accounts));
    }
  }

  private UsageTrial(Rules rules, TrialDevices.@Nullable Anyone anyone, ChargeSink sink) {
    this.rules = rules;
    this.devices = new TrialDevices(rules, anyone);
    this.totals = new TrialTotals(rules);
    this.sink = sink;
    this.shard = new TrialShard(rules, new Watched());
    this.latest = rules.periods().startOf(0);
    Tenant tenant = new Tenant(1, "trial", SHARDS, KEY);
    this.codec = Mediator.codecs(rules, tenant, CodecSpecs.inMemory()).of(CodecSpec.CLOUD_EVENTS);
  }

  /** For the devices of a list, to be added before there is usage. */
  public static UsageTrial ofList(Catalog catalog, ChargeSink sink) {
    return new UsageTrial(compiled(catalog), null, sink);
  }

  /**
   * For whoever shows up, each for an account of its own.
   *
   * @param offer that they are on
   * @param from their first moment; where it is not told, that of their first event's period
   * @throws IllegalArgumentException where the catalog has no such offer
   */
  public static UsageTrial ofAnyone(
      Catalog catalog, String offer, Optional<Instant> from, ChargeSink sink) {
    Rules rules = compiled(catalog);
    int index = rules.offerIndex(offer);
    if (index < 0) {
      throw new IllegalArgumentException("no offer " + offer);
    }
    return new UsageTrial(
        rules, new TrialDevices.Anyone(index, from.map(Instant::toEpochMilli)), sink);
  }

  private static Rules compiled(Catalog catalog) {
    return Rules.compile(1, SHARDS, catalog, account -> 1).reaching(REACH);
  }

  /** Takes a device in; what it refuses, it says as a node would. */
  public DeviceVerdict add(Device device) {
    return devices.add(device, shard);
  }

  /**
   * Takes a CloudEvent in structured JSON.
   *
   * @param payload one line of a file
   * @param number of the line, for what is not charged
   */
  public void line(byte[] payload, long number) {
    line = number;
    codec.decode(payload, Transport.NONE, this);
  }

  /** Takes an event that a person wrote down; each is another one. */
  public void use(Use use, long number) {
    int found = find(DEVICE, use.at().toEpochMilli(), number);
    if (found <= 0) {
      return;
    }
    TypedUse.add(use, rules, found, number, usage);
    added(number, use.at().toEpochMilli());
  }

  @Override
  public boolean event(DecodedEvent event, byte[] bytes, int from, int length) {
    int found = find(event.subject.toString(), event.occurredAt, line);
    if (found <= 0) {
      return true;
    }
    if (!event.source.is(lastSource)) {
      String name = event.source.toString();
      lastSource = name.getBytes(StandardCharsets.UTF_8);
      source = sources.computeIfAbsent(name, n -> sources.size() + 1);
    }
    usage.add(
        0,
        found,
        source,
        event.eventId,
        event.numbered,
        event.occurredAt,
        event.occurredAt,
        event.typeIndex,
        event.values,
        event.valueCount,
        bytes,
        from,
        length);
    added(line, event.occurredAt);
    return true;
  }

  /** The subscription that an event is of; else it is noted why there is none. */
  private int find(String subject, long at, long number) {
    if (at > latest + FURTHEST) {
      notCharged(number, Reason.IN_THE_FUTURE);
      return -1;
    }
    int found = devices.find(subject, at, shard);
    if (found <= 0) {
      notCharged(number, found == 0 ? Reason.UNKNOWN_DEVICE : Reason.NO_OFFER);
    }
    return found;
  }

  @Override
  public boolean refused(Reason reason, byte[] bytes, int from, int length) {
    notCharged(line, reason);
    return true;
  }

  private void added(long number, long at) {
    lines[usage.size() - 1] = number;
    latest = Math.max(latest, at);
    if (usage.size() == ROWS) {
      flush();
    }
  }

  /**
   * Takes nothing more, and lets time pass.
   *
   * @param until up to when, if that is after the latest event; what is open then is not charged.
   *     Where it is not told, the end of the settlement period that the latest event is in
   */
  public Outcome finish(Optional<Instant> until) {
    flush();
    end = until.map(u -> Math.max(u.toEpochMilli(), latest + 1)).orElse(periodEnd().toEpochMilli());
    shard.runTo(end);
    Map<String, BigDecimal> accounts = new TreeMap<>();
    totals.accounts().forEach((id, amount) -> accounts.put(devices.account(id), amount));
    return new Outcome(
        devices.size(),
        counts[Verdict.CHARGED.ordinal()],
        counts[Verdict.DUPLICATE.ordinal()],
        counts[Verdict.SUSPENDED.ordinal()],
        notCharged,
        Instant.ofEpochMilli(end),
        totals,
        accounts);
  }

  /** The end of the settlement period that the latest event so far is in. */
  public Instant periodEnd() {
    return Instant.ofEpochMilli(rules.periods().endOf(rules.periods().indexOf(latest)));
  }

  /** The subject of a subscription. */
  public String subject(long subscription) {
    return devices.subject(subscription);
  }

  /** The name of a customer's account. */
  public String account(int id) {
    return devices.account(id);
  }

  private void flush() {
    shard.apply(usage);
    usage.clear();
  }

  private void notCharged(long number, Reason why) {
    counts[Verdict.SUSPENDED.ordinal()]++;
    if (notCharged.size() < MOST_TOLD) {
      notCharged.add(new NotCharged(number, why));
    }
  }

  private final class Watched implements TrialShard.Watcher {
    @Override
    public void charged(ChargeRow charge) {
      if (charge.windowStart() >= end) {
        return; // What begins with the next period falls due as this one ends.
      }
      totals.add(charge);
      sink.charge(charge, rules);
    }

    @Override
    public void taken(int row, Verdict verdict, @Nullable Reason why) {
      if (verdict == Verdict.SUSPENDED && why != null) {
        notCharged(lines[row], why);
      } else {
        counts[verdict.ordinal()]++;
      }
    }
  }
}
