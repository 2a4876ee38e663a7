package io.millrace.connectors.mediation;

import io.millrace.catalog.Catalog;
import io.millrace.catalog.Meter;
import io.millrace.connectors.codec.CodecSpecs;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.Interval;
import io.millrace.connectors.shard.Tray;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The mediation that routes end in, without a database or shards behind it: for the tests of
 * routes. What it says of a payload is what a node would hand to its shards.
 */
public final class DryMediation {
  private static final int SHARDS = 1;
  private static final byte[] KEY = new byte[16];

  private final Rules rules;
  private final List<Device> devices;
  private final Tray tray = new Tray();
  private final UsageProcessor processor;

  /**
   * A device's subscription.
   *
   * @param subject as in its events
   * @param offer of the catalog
   * @param from its first moment
   */
  public record Device(String subject, String offer, Instant from) {}

  /** What became of an event. */
  public sealed interface Outcome {
    /**
     * It is usage, on its way to a shard.
     *
     * @param id its number, where it has one
     * @param readings by meter
     */
    record Usage(
        String subject,
        String type,
        Optional<Long> id,
        Instant time,
        Map<String, BigDecimal> readings)
        implements Outcome {}

    /** It waits in suspense for this reason's code. */
    record Suspended(String reason) implements Outcome {}
  }

  /**
   * Mediation by a catalog.
   *
   * @throws IllegalArgumentException where a device's offer is not in the catalog
   */
  public DryMediation(Catalog catalog, List<Device> devices) {
    this.devices = List.copyOf(devices);
    rules = Rules.compile(1, SHARDS, catalog, account -> 1);
    Directory directory = new Directory();
    List<Interval> intervals = new ArrayList<>();
    for (Device each : devices) {
      if (!catalog.offers().containsKey(each.offer())) {
        throw new IllegalArgumentException(
            "the catalog has no offer `" + each.offer() + "`, only " + catalog.offers().keySet());
      }
      intervals.add(
          new Interval(
              each.subject(),
              intervals.size(),
              0,
              1,
              rules.offerIndex(each.offer()),
              each.from().toEpochMilli(),
              Long.MAX_VALUE));
    }
    directory.add(intervals);
    Mediator mediator =
        new Mediator(
            new Tenant(1, "test", SHARDS, KEY),
            () -> rules,
            directory,
            Sources.inMemory(),
            CodecSpecs.inMemory(),
            System::currentTimeMillis);
    processor = new UsageProcessor(mediator, tray::intake);
  }

  /** What routes end in. */
  public UsageProcessor processor() {
    return processor;
  }

  /** What became of all events since the last call: usage in its order, then what is suspended. */
  public List<Outcome> take() {
    Tray.Contents contents = tray.empty();
    List<Outcome> outcomes = new ArrayList<>();
    for (int row = 0; row < contents.usage().size(); row++) {
      outcomes.add(usage(contents.usage(), row));
    }
    for (Command.Suspend each : contents.suspended()) {
      outcomes.add(new Outcome.Suspended(each.reason().code()));
    }
    return outcomes;
  }

  private Outcome usage(UsageBatch usage, int row) {
    Rules.EventType type = rules.types().get(usage.type[row]);
    Map<String, BigDecimal> readings = new TreeMap<>();
    int at = usage.valueFrom[row];
    for (Meter meter : type.meters()) {
      long value = usage.values[at++];
      if (!meter.tells() && value != UsageBatch.NOT_READ && value != UsageBatch.ABSENT) {
        readings.put(meter.name(), BigDecimal.valueOf(value, meter.scale()));
      }
    }
    return new Outcome.Usage(
        devices.get((int) usage.subscription[row]).subject(),
        type.name(),
        usage.numbered[row] ? Optional.of(usage.eventId[row]) : Optional.empty(),
        Instant.ofEpochMilli(usage.occurredAt[row]),
        readings);
  }
}
