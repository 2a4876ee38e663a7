package io.millrace.connectors.mediation;

import io.millrace.connectors.codec.CodecSpec;
import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.ShardHost;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * The end of every source route: parks the exchange until the commit that disposes of its events,
 * so that the source acknowledges after it (I1). The body is a {@link
 * io.millrace.connectors.codec.Payload} or bytes, or a list of these: a batch, which waits for room
 * where there is none. A payload holds none, one or many events, as its codec finds. Never fails an
 * exchange for what is in its payload.
 */
public final class UsageProcessor extends AsyncProcessorSupport {
  /** The exchange property that names the source; its route's id where it is absent. */
  public static final String SOURCE = "millrace.source";

  /** The exchange property that holds the {@link CodecSpec}; that of CloudEvents where absent. */
  public static final String CODEC = "millrace.codec";

  /** The exchange property that holds the {@link Verdicts} of who wants to know them. */
  public static final String VERDICTS = "millrace.verdicts";

  private static final int BYTES_IN_FLIGHT = 1 << 25;
  private static final byte[] NOTHING = {};

  private final Mediator mediator;
  private final Supplier<Intake> rooms;
  private final Map<String, Intake> intakes = new ConcurrentHashMap<>();

  /**
   * For all sources of a node.
   *
   * @param inFlight events that one source may have in the node at once
   */
  public UsageProcessor(Mediator mediator, ShardHost host, int inFlight) {
    this(mediator, () -> host.intake(inFlight, BYTES_IN_FLIGHT));
  }

  /**
   * With intakes of the caller's.
   *
   * @param rooms gives each source its own
   */
  UsageProcessor(Mediator mediator, Supplier<Intake> rooms) {
    this.mediator = mediator;
    this.rooms = rooms;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    String source = exchange.getProperty(SOURCE, String.class);
    String name = source == null ? exchange.getFromRouteId() : source;
    Intake intake = intakes.computeIfAbsent(name, n -> rooms.get());
    CodecSpec codec = exchange.getProperty(CODEC, CodecSpec.CLOUD_EVENTS, CodecSpec.class);
    Object body = exchange.getIn().getBody();
    new ParkedBatch(exchange, callback, exchange.getProperty(VERDICTS, Verdicts.class))
        .handIn(name, body == null ? NOTHING : body, codec, mediator, intake);
    return false;
  }
}
