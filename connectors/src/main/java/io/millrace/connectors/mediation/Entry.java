package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.Codec;
import io.millrace.connectors.codec.Codecs;
import io.millrace.connectors.codec.DecodedEvent;
import io.millrace.connectors.codec.Payload;
import io.millrace.connectors.codec.Text;
import io.millrace.connectors.codec.TextHash;
import io.millrace.connectors.directory.Directory;
import io.millrace.connectors.directory.DirectoryView;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.Ticket;
import io.millrace.connectors.tenant.Sources;
import io.millrace.connectors.tenant.Tenant;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Digests;
import io.millrace.processors.shard.Reason;
import io.millrace.processors.shard.ShardKey;
import io.millrace.processors.usage.UsageBatch;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way of one thread's events from their codec to the shards: finds the subscription that the
 * device had, and hands the event or its suspension in. Used again for payload after payload.
 */
final class Entry implements Codec.Sink, Intake.Appender {
  /** How long an event waits for room: no commit has come through for so long then. */
  private static final long ROOM_NANOS = TimeUnit.SECONDS.toNanos(5);

  private static final long ROOM_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** The longest CloudEvents source that is kept apart from others. */
  private static final int LONGEST_SOURCE = 512;

  /** Payloads whose devices are looked up together. */
  static final int AHEAD = 32;

  /** What its codecs read. */
  final Rules rules;

  final Codecs codecs;
  final DecodedEvent decoded = new DecodedEvent();

  private final Tenant tenant;
  private final Directory directory;
  private final Sources sources;

  private String route = "";
  private @Nullable Intake intake;
  private @Nullable Waiter waiter;
  private @Nullable Ticket only;
  private int handedIn;
  private @Nullable Exception failure;

  private DecodedEvent event = decoded;
  private byte[] bytes = {};
  private int from;
  private int length;
  private int shard;
  private long subscription;
  private int source;
  private long receivedAt;
  private final Text guess = new Text();
  private final long[] ahead = new long[AHEAD];

  /** Kept so that the reads ahead can't be left out. */
  @SuppressWarnings("UnusedVariable")
  private long warmth;

  private byte[] lastSource = {};
  private int lastSourceId = Sources.OTHER;

  Entry(Rules rules, Codecs codecs, Tenant tenant, Directory directory, Sources sources) {
    this.rules = rules;
    this.codecs = codecs;
    this.tenant = tenant;
    this.directory = directory;
    this.sources = sources;
  }

  /**
   * Begins a payload.
   *
   * @param everyTicket gives each event its ticket, or null where {@code onlyTicket} is all events'
   */
  void begin(
      String fromRoute,
      Intake into,
      @Nullable Waiter everyTicket,
      @Nullable Ticket onlyTicket,
      long now) {
    route = fromRoute;
    intake = into;
    waiter = everyTicket;
    only = onlyTicket;
    receivedAt = now;
    handedIn = 0;
    failure = null;
  }

  /** How many events of the payload were handed in. */
  int handedIn() {
    return handedIn;
  }

  /** What kept an event from being handed in, whose ticket knows it. */
  @Nullable Exception failure() {
    return failure;
  }

  @Override
  public boolean event(DecodedEvent each, byte[] evidence, int first, int count) {
    Reason refusal;
    try {
      refusal = resolve(each, evidence, first, count);
    } catch (SQLException e) {
      return failed(ticket(), e);
    }
    return refusal == null ? handIn(null) : refused(refusal, evidence, first, count);
  }

  @Override
  public boolean refused(Reason reason, byte[] evidence, int first, int count) {
    try {
      int routeId = sources.idOf(route);
      byte[] raw =
          first == 0 && count == evidence.length
              ? evidence
              : Arrays.copyOfRange(evidence, first, first + count);
      byte[] hash = Digests.suspense(routeId, raw);
      byte[] head =
          raw.length > Mediator.SUSPENSE_BYTES ? Arrays.copyOf(raw, Mediator.SUSPENSE_BYTES) : raw;
      return handIn(
          new Command.Suspend(
              routeId, reason, Digests.head(hash), receivedAt, head, raw.length, hash));
    } catch (SQLException e) {
      return failed(ticket(), e);
    }
  }

  private Ticket ticket() {
    Waiter every = waiter;
    Ticket one = only;
    if (every != null) {
      return every.next();
    }
    if (one == null) {
      throw new AssertionError("a payload has not begun");
    }
    return one;
  }

  /** Hands the resolved event in, or what can't be charged, and waits for room where it may. */
  private boolean handIn(Command.@Nullable Suspend suspension) {
    Ticket ticket = ticket();
    Waiter every = waiter;
    boolean mayWait = every != null && (handedIn > 0 || every.mayWait());
    long since = 0;
    while (!tryHandIn(suspension, ticket)) {
      long now = System.nanoTime();
      since = since == 0 ? now : since;
      if (!mayWait || now - since > ROOM_NANOS || Thread.currentThread().isInterrupted()) {
        return failed(ticket, new IntakeFull());
      }
      LockSupport.parkNanos(ROOM_LOOK_NANOS);
    }
    handedIn++;
    return true;
  }

  private boolean tryHandIn(Command.@Nullable Suspend suspension, Ticket ticket) {
    Intake into = intake;
    if (into == null) {
      throw new AssertionError("a payload has not begun");
    }
    return suspension == null
        ? into.add(this, ticket)
        : into.suspend(ShardKey.of(suspension.fingerprint(), tenant.shards()), suspension, ticket);
  }

  private boolean failed(Ticket ticket, Exception why) {
    failure = why;
    ticket.failed(why);
    return false;
  }

  /**
   * Finds the subscription that an event's device had when it was used.
   *
   * @return why there is none; null where {@link #append} may follow
   */
  @Nullable Reason resolve(DecodedEvent each, byte[] evidence, int first, int count)
      throws SQLException {
    event = each;
    bytes = evidence;
    from = first;
    length = count;
    DirectoryView view = directory.view();
    Text subject = each.subject;
    int found = view.find(subject.bytes, subject.from, subject.length, each.occurredAt);
    if (found < 0) {
      return found == Directory.UNKNOWN ? Reason.UNKNOWN_DEVICE : Reason.NO_OFFER;
    }
    subscription = view.subscription(found);
    shard = view.shard(found);
    source = sourceId(each.source);
    return null;
  }

  /**
   * Fetches what is known of the devices of payloads that will come next.
   *
   * @param payloads {@link Payload}s or bytes; others are left out
   * @param end at most {@link #AHEAD} behind {@code first}
   */
  void warm(Codec codec, List<?> payloads, int first, int end) {
    int count = 0;
    for (int i = first; i < end; i++) {
      Object each = payloads.get(i);
      byte[] payload =
          each instanceof byte[] plain ? plain : each instanceof Payload p ? p.bytes() : null;
      if (payload != null && codec.guessSubject(payload, guess)) {
        ahead[count++] = TextHash.of(guess.bytes, guess.from, guess.length);
      }
    }
    warmth += directory.view().warm(ahead, count);
  }

  private int sourceId(Text name) throws SQLException {
    if (!name.is(lastSource)) {
      lastSourceId = name.length > LONGEST_SOURCE ? Sources.OTHER : sources.idOf(name.toString());
      lastSource = Arrays.copyOfRange(name.bytes, name.from, name.from + name.length);
    }
    return lastSourceId;
  }

  /** The time of receipt of what is resolved next, outside of a payload. */
  void receivedAt(long now) {
    receivedAt = now;
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
        bytes,
        from,
        length);
  }
}
