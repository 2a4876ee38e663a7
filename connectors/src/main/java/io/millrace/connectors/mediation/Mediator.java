package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.CloudEventsCodec;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.EventType;
import io.millrace.connectors.codec.Text;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.DirectoryView;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decodes a payload, finds the subscription that its device had when it was used, and hands it to
 * the shards; what can't be charged goes to suspense with its reason. Thread-safe: each thread has
 * a codec of its own.
 */
public final class Mediator {
  /** Raw bytes that suspense keeps of an event; of a larger one its head and its hash. */
  public static final int SUSPENSE_BYTES = 64 * 1024;

  /** The longest CloudEvents source that is kept apart from others. */
  private static final int LONGEST_SOURCE = 512;

  private final Tenant tenant;
  private final Rules rules;
  private final Directory directory;
  private final Sources sources;
  private final LongSupplier clock;
  private final ThreadLocal<Scratch> scratch = ThreadLocal.withInitial(this::newScratch);

  /**
   * A tenant's mediator.
   *
   * @param clock gives the time of receipt, milliseconds since 1970-01-01 UTC
   */
  public Mediator(
      Tenant tenant, Rules rules, Directory directory, Sources sources, LongSupplier clock) {
    this.tenant = tenant;
    this.rules = rules;
    this.directory = directory;
    this.sources = sources;
    this.clock = clock;
  }

  /** What one thread needs for one event at a time; appends the event as a row. */
  private static final class Scratch implements Intake.Appender {
    final CloudEventsCodec codec;
    final DecodedEvent event = new DecodedEvent();
    byte[] payload = {};
    int shard;
    long subscription;
    int source;
    long receivedAt;
    byte[] lastSource = {};
    int lastSourceId = Sources.OTHER;

    Scratch(CloudEventsCodec codec) {
      this.codec = codec;
    }

    @Override
    public void append(UsageBatch usage) {
      usage.add(
          shard,
          subscription,
          source,
          event.eventId,
          event.numbered,
          event.occurredAt,
          receivedAt,
          event.typeIndex,
          event.values,
          event.valueCount,
          payload,
          0,
          payload.length);
    }
  }

  private Scratch newScratch() {
    List<EventType> types =
        rules.types().stream()
            .map(
                t ->
                    new EventType(t.name(), t.meters().stream().map(EventType::readingOf).toList()))
            .toList();
    return new Scratch(new CloudEventsCodec(types, tenant.fingerprintKey(), MeterValue::parse));
  }

  /**
   * Takes a payload in.
   *
   * @param route the source's name, for what can't be read
   * @param payload one event; must not change until the ticket is told
   * @param ticket told once the event is disposed of; told at once where there is no room
   */
  public void take(String route, byte[] payload, Intake intake, Ticket ticket) {
    try {
      if (!offer(route, payload, intake, ticket)) {
        ticket.failed(new IntakeFull());
      }
    } catch (SQLException e) {
      ticket.failed(e);
    }
  }

  /**
   * The same for who can wait for room.
   *
   * @return whether there was room; where not, nothing was done and the ticket is told nothing
   */
  boolean offer(String route, byte[] payload, Intake intake, Ticket ticket) throws SQLException {
    Scratch s = scratch.get();
    Reason refusal = resolve(s, payload);
    return refusal == null
        ? intake.add(s, ticket)
        : suspend(route, refusal, payload, s.receivedAt, intake, ticket);
  }

  /**
   * Decodes an event that waits in suspense again.
   *
   * @return why it still can't be charged; null where it was appended
   */
  public @Nullable Reason retake(byte[] payload, UsageBatch into) throws SQLException {
    Scratch s = scratch.get();
    Reason refusal = resolve(s, payload);
    if (refusal == null) {
      s.append(into);
    }
    return refusal;
  }

  private @Nullable Reason resolve(Scratch s, byte[] payload) throws SQLException {
    DecodedEvent event = s.event;
    s.payload = payload;
    s.receivedAt = clock.getAsLong();
    if (payload.length > SUSPENSE_BYTES) {
      return Reason.TOO_LARGE;
    }
    Reason refusal = s.codec.decode(payload, 0, payload.length, event);
    if (refusal != null) {
      return refusal;
    }
    DirectoryView view = directory.view();
    Text subject = event.subject;
    int found = view.find(subject.bytes, subject.from, subject.length, event.occurredAt);
    if (found < 0) {
      return found == Directory.UNKNOWN ? Reason.UNKNOWN_DEVICE : Reason.NO_OFFER;
    }
    s.subscription = view.subscription(found);
    s.shard = view.shard(found);
    s.source = source(s, event.source);
    return null;
  }

  private int source(Scratch s, Text source) throws SQLException {
    if (!source.is(s.lastSource)) {
      s.lastSourceId =
          source.length > LONGEST_SOURCE ? Sources.OTHER : sources.idOf(source.toString());
      s.lastSource = Arrays.copyOfRange(source.bytes, source.from, source.from + source.length);
    }
    return s.lastSourceId;
  }

  private boolean suspend(
      String route, Reason reason, byte[] payload, long receivedAt, Intake intake, Ticket ticket)
      throws SQLException {
    int source = sources.idOf(route);
    byte[] hash = Digests.suspense(source, payload);
    long fingerprint = Digests.head(hash);
    byte[] head =
        payload.length > SUSPENSE_BYTES ? Arrays.copyOf(payload, SUSPENSE_BYTES) : payload;
    Command.Suspend command =
        new Command.Suspend(source, reason, fingerprint, receivedAt, head, payload.length, hash);
    return intake.suspend(ShardKey.of(fingerprint, tenant.shards()), command, ticket);
  }
}
