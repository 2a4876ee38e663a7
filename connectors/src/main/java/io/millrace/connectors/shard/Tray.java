package io.millrace.connectors.shard;

import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.util.List;

/**
 * An intake beside all shards, for looking at what mediation makes of payloads: what comes into it
 * is shown, and goes no further.
 */
public final class Tray {
  private static final int EVENTS = 100_000;
  private static final int BYTES = 1 << 26;

  private final Intake intake = new Intake(EVENTS, BYTES, () -> {});

  /** Where events come in. */
  public Intake intake() {
    return intake;
  }

  /** What came in: rows of usage, and what is to be suspended. */
  public record Contents(UsageBatch usage, List<Command.Suspend> suspended) {}

  /** Takes out what has come in, and tells its senders that it is disposed of. */
  public Contents empty() {
    Intake.Taken taken = intake.take();
    taken.tickets().forEach(Ticket::done);
    taken.suspensions().forEach(s -> s.ticket().done());
    return new Contents(
        taken.usage(), taken.suspensions().stream().map(Intake.Suspension::command).toList());
  }
}
