package io.millrace.ops.demo;

import io.millrace.ops.demo.generator.Load;
import io.millrace.ops.demo.manifest.Figures;
import io.millrace.ops.demo.manifest.Proof;
import java.time.Duration;
import java.util.List;

/**
 * How a demo ended.
 *
 * @param load what was asked for
 * @param currency ISO 4217
 * @param took from the first event to the last acknowledgement of the ERP
 * @param expected the manifest's figures
 * @param actual the gateway's and the ERP's
 * @param proof of one against the other
 * @param deliveries what was sent to the ERP
 * @param charge a charge to explain; empty where there is none
 */
public record Outcome(
    Load load,
    String currency,
    Duration took,
    Figures expected,
    Figures actual,
    Proof proof,
    List<Delivery> deliveries,
    String charge) {

  public Outcome {
    deliveries = List.copyOf(deliveries);
  }

  /**
   * One document on its way to the ERP.
   *
   * @param document its idempotency key
   * @param state as in the outbox: {@code acknowledged}, …
   * @param reference the ERP's own id; empty before it is acknowledged
   */
  public record Delivery(String document, String state, String reference) {
    boolean acknowledged() {
      return state.equals("acknowledged");
    }
  }

  /** Whether every number matches and everything was acknowledged. */
  public boolean good() {
    return proof.holds() && deliveries.stream().allMatch(Delivery::acknowledged);
  }

  /** Events a second, over the whole run. */
  public long eventsPerSecond() {
    return actual.received() * 1000 / Math.max(1, took.toMillis());
  }
}
