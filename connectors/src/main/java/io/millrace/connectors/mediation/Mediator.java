package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.Codec;
import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.codec.CodecSpecs;
import io.millrace.connectors.codec.Codecs;
import io.millrace.connectors.codec.EventType;
import io.millrace.connectors.codec.Readings;
import io.millrace.connectors.codec.Transport;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.MeterValue;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.usage.UsageBatch;
import java.sql.SQLException;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decodes payloads by the codecs that their routes chose, finds the subscription that each event's
 * device had when it was used, and hands it to the shards; what can't be charged goes to suspense
 * with its reason. Thread-safe: each thread has codecs of its own.
 */
public final class Mediator {
  /** Raw bytes that suspense keeps of an event; of a larger one its head and its hash. */
  public static final int SUSPENSE_BYTES = 64 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(Mediator.class);

  private final Tenant tenant;
  private final Supplier<Rules> rules;
  private final Directory directory;
  private final Sources sources;
  private final CodecSpecs specs;
  private final LongSupplier clock;
  private final ThreadLocal<Entry> entries = ThreadLocal.withInitial(this::newEntry);

  /**
   * A tenant's mediator.
   *
   * @param rules those that the shards commit under, or some before them
   * @param specs keep how its events are decoded
   * @param clock gives the time of receipt, milliseconds since 1970-01-01 UTC
   */
  public Mediator(
      Tenant tenant,
      Supplier<Rules> rules,
      Directory directory,
      Sources sources,
      CodecSpecs specs,
      LongSupplier clock) {
    this.tenant = tenant;
    this.rules = rules;
    this.directory = directory;
    this.sources = sources;
    this.specs = specs;
    this.clock = clock;
  }

  private Entry newEntry() {
    Rules now = rules.get();
    return new Entry(now, codecs(now, tenant, specs), tenant, directory, sources);
  }

  /** This thread's, under the rules of now. */
  private Entry entry() {
    Entry e = entries.get();
    if (e.rules != rules.get()) {
      e = newEntry();
      entries.set(e);
    }
    return e;
  }

  /** A thread's codecs under these rules. */
  public static Codecs codecs(Rules rules, Tenant tenant, CodecSpecs specs) {
    return new Codecs(
        new Readings(EventType.of(rules), tenant.fingerprintKey(), MeterValue::parse), specs);
  }

  /**
   * Takes in a CloudEvent in structured JSON.
   *
   * @param route the source's name, for what can't be read
   * @param payload one event; must not change until the ticket is told
   * @param ticket told once the event is disposed of; told at once where there is no room
   */
  public void take(String route, byte[] payload, Intake intake, Ticket ticket) {
    Entry e = entry();
    e.begin(route, intake, null, ticket, clock.getAsLong());
    decode(e, e.codecs.of(CodecSpec.CLOUD_EVENTS), payload, Transport.NONE);
  }

  /**
   * Takes in CloudEvents in structured JSON, as {@link #take(String, byte[], Intake, Ticket)} would
   * one after the other; {@code ticket} is told of each.
   */
  public void take(String route, List<byte[]> payloads, Intake intake, Ticket ticket) {
    for (int i = 0; i < payloads.size(); i++) {
      warm(CodecSpec.CLOUD_EVENTS, payloads, i);
      take(route, payloads.get(i), intake, ticket);
    }
  }

  /**
   * Where a block of a list of payloads begins, fetches what is known of its devices.
   *
   * @param next the payload that is offered next
   */
  void warm(CodecSpec codec, List<?> payloads, int next) {
    int left = payloads.size() - next;
    if (left > 1 && next % Entry.AHEAD == 0) {
      Entry e = entry();
      e.warm(e.codecs.of(codec), payloads, next, next + Math.min(left, Entry.AHEAD));
    }
  }

  /**
   * Takes a payload's events in.
   *
   * @param codec how they are decoded
   * @param waiter gives each of them its ticket
   * @throws IntakeFull where there was no room for one of them: its ticket and those of the others
   *     before it are told, and those behind it were not looked at
   * @throws SQLException as {@code IntakeFull}, where the database kept one from going on
   * @throws CodecSpecs.Unavailable where nothing was looked at yet
   */
  void offer(
      String route,
      byte[] payload,
      Transport transport,
      CodecSpec codec,
      Intake intake,
      Waiter waiter)
      throws IntakeFull, SQLException {
    Entry e = entry();
    Codec by = e.codecs.of(codec);
    e.begin(route, intake, waiter, null, clock.getAsLong());
    decode(e, by, payload, transport);
    switch (e.failure()) {
      case null -> {}
      case IntakeFull full -> throw full;
      case SQLException database -> throw database;
      case Exception other -> throw new IllegalStateException(other);
    }
  }

  /** A codec that trips over a payload loses nothing and holds nothing up. */
  private static void decode(Entry e, Codec codec, byte[] payload, Transport transport) {
    try {
      codec.decode(payload, transport, e);
    } catch (CodecSpecs.Unavailable unavailable) {
      throw unavailable;
    } catch (RuntimeException | AssertionError | StackOverflowError bug) {
      if (e.failure() != null) {
        throw bug;
      }
      LOG.error(
          "usage:{} trips; the payload waits in suspense as `refused`", codec.spec().format(), bug);
      byte[] whole = Codecs.kept(codec, transport, payload);
      e.refused(Reason.REFUSED, whole, 0, whole.length);
    }
  }

  /**
   * Decodes an event that waits in suspense again.
   *
   * @param kept its raw bytes as suspense has them
   * @return why it still can't be charged; null where it was appended
   */
  public @Nullable Reason retake(byte[] kept, UsageBatch into) throws SQLException {
    Entry e = entry();
    e.receivedAt(clock.getAsLong());
    Reason refusal = e.codecs.decode(kept, e.decoded);
    if (refusal == null) {
      refusal = e.resolve(e.decoded, kept, 0, kept.length);
    }
    if (refusal == null) {
      e.append(into);
    }
    return refusal;
  }
}
