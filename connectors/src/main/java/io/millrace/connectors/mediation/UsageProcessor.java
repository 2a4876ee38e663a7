package io.millrace.connectors.mediation;

import io.millrace.connectors.shard.Intake;
import io.millrace.connectors.shard.ShardHost;
import io.millrace.connectors.shard.Ticket;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;

/**
 * The end of every source route: parks the exchange until the commit that disposes of its event, so
 * that the source acknowledges after it (I1). A body that is a list is a batch, one payload an
 * element, and is parked until all of them are disposed of; handing it in waits for room. Never
 * fails an exchange for what is in its payload.
 */
public final class UsageProcessor extends AsyncProcessorSupport {
  /** The exchange property that names the source; its route's id where it is absent. */
  public static final String SOURCE = "millrace.source";

  private static final int BYTES_IN_FLIGHT = 1 << 25;

  private final Mediator mediator;
  private final ShardHost host;
  private final int inFlight;
  private final Map<String, Intake> intakes = new ConcurrentHashMap<>();

  /**
   * For all sources of a node.
   *
   * @param inFlight events that one source may have in the node at once
   */
  public UsageProcessor(Mediator mediator, ShardHost host, int inFlight) {
    this.mediator = mediator;
    this.host = host;
    this.inFlight = inFlight;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    String source = exchange.getProperty(SOURCE, String.class);
    String name = source == null ? exchange.getFromRouteId() : source;
    Intake intake = intakes.computeIfAbsent(name, n -> host.intake(inFlight, BYTES_IN_FLIGHT));
    if (exchange.getIn().getBody() instanceof List<?> payloads) {
      new ParkedBatch(exchange, callback, payloads.size()).handIn(name, payloads, mediator, intake);
    } else {
      byte[] payload = exchange.getIn().getBody(byte[].class);
      mediator.take(
          name, payload == null ? new byte[0] : payload, intake, new Parked(exchange, callback));
    }
    return false;
  }

  /** An exchange that waits. */
  private record Parked(Exchange exchange, AsyncCallback callback) implements Ticket {
    @Override
    public void done() {
      callback.done(false);
    }

    @Override
    public void failed(Exception why) {
      exchange.setException(why);
      callback.done(false);
    }
  }
}
