package io.millrace.tests.simulation;

import io.millrace.processors.shard.Command;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What a source has for the gateway, and will send until it is told that it is done. */
final class Message {

  /** What it is, as the oracle calls it. */
  enum Kind {
    USAGE,
    MALFORMED,
    SUBSCRIBE,
    MOVE,
    ACCOUNT,
    POISON
  }

  final Kind kind;
  final int source;

  /** The device's first subscription; its events carry it as their subject. */
  final long device;

  /** Where the directory that was asked last has it. */
  long subscription;

  int shard;

  /** It was sent on to there, and is handed in once the device is there. */
  boolean forwarded;

  final long id;
  final boolean numbered;
  final long at;
  final int type;
  final long[] values;
  final byte[] raw;
  final @Nullable Command command;

  /** Until it is done, nothing behind it is sent. */
  boolean opens;

  long availableAt;
  @Nullable String heldBy;
  int deliveries;
  int acknowledged;

  Message(
      Kind kind,
      int source,
      long subscription,
      int shard,
      long id,
      boolean numbered,
      long at,
      int type,
      long[] values,
      byte[] raw,
      @Nullable Command command) {
    this.kind = kind;
    this.source = source;
    this.device = subscription;
    this.subscription = subscription;
    this.shard = shard;
    this.id = id;
    this.numbered = numbered;
    this.at = at;
    this.type = type;
    this.values = values;
    this.raw = raw;
    this.command = command;
  }

  /** One that carries a command. */
  static Message command(Kind kind, int source, Command command, long subscription, int shard) {
    return new Message(
        kind,
        source,
        subscription,
        shard,
        0,
        false,
        0,
        0,
        new long[0],
        command.toString().getBytes(StandardCharsets.UTF_8),
        command);
  }

  /** The same message once more, as a source that publishes twice sends it. */
  Message again() {
    return new Message(kind, source, device, shard, id, numbered, at, type, values, raw, command);
  }

  void appendTo(UsageBatch batch, long receivedAt, long sentId) {
    batch.add(
        shard,
        subscription,
        source,
        sentId,
        numbered,
        at,
        receivedAt,
        type,
        values,
        values.length,
        raw,
        0,
        raw.length);
  }
}
