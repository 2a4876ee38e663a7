package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Command;
import io.millrace.processors.shard.Reason;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A command as bytes in two streams: what rating needs, and the evidence (names of devices, raw
 * bytes, their hash), which is read as empty where it is gone. Tags and ordinals are for ever.
 */
final class CommandCodec {

  private static final int SUBSCRIBE = 1;
  private static final int SUSPEND = 2;
  private static final int CLOSE_PERIOD = 3;
  private static final int RECYCLED = 4;
  private static final int MOVE = 5;
  private static final int RECEIVED = 6;
  private static final int ACCOUNT = 10;
  private static final int DISCARD = 40;
  private static final int SUBSCRIBE_SHARING = 60;
  private static final int MOVE_SHARING = 61;
  private static final int ACCOUNT_BECAUSE = 101;

  /** Events that one command discards at most. */
  private static final int MOST_DISCARDED = 1 << 16;

  private static final Reason[] REASONS = Reason.values();
  private static final byte[] NONE = {};

  private CommandCodec() {}

  static void write(Command command, ByteWriter rating, ByteWriter evidence) {
    switch (command) {
      case Command.Subscribe c -> {
        rating.u8(c.share() == null ? SUBSCRIBE : SUBSCRIBE_SHARING);
        rating.zigzag(c.subscription());
        rating.zigzag(c.account());
        rating.zigzag(c.offer());
        rating.zigzag(c.from());
        rating.zigzag(c.to());
        write(c.share(), rating);
        evidence.string(c.subject());
      }
      case Command.Suspend c -> {
        rating.u8(SUSPEND);
        rating.zigzag(c.source());
        rating.u8(c.reason().ordinal());
        rating.fixed64(c.fingerprint());
        rating.zigzag(c.receivedAt());
        rating.zigzag(c.rawSize());
        evidence.bytes(c.raw());
        evidence.bytes(c.rawHash());
      }
      case Command.ClosePeriod c -> {
        rating.u8(CLOSE_PERIOD);
        rating.zigzag(c.period());
      }
      case Command.Recycled c -> {
        rating.u8(RECYCLED);
        rating.zigzag(c.row());
        rating.zigzag(c.source());
        rating.bytes(c.rawHash()); // names the suspense row that apply ends
        String override = c.override();
        rating.bool(override != null);
        if (override != null) {
          rating.string(override);
        }
      }
      case Command.Discard c -> {
        rating.u8(DISCARD);
        rating.zigzag(c.source());
        rating.varint(c.rawHashes().size());
        c.rawHashes().forEach(rating::bytes); // names the suspense rows that apply ends
      }
      case Command.Move c -> {
        rating.u8(c.share() == null ? MOVE : MOVE_SHARING);
        rating.zigzag(c.subscription());
        rating.zigzag(c.at());
        rating.zigzag(c.successor());
        rating.zigzag(c.shard());
        rating.zigzag(c.account());
        rating.zigzag(c.offer());
        rating.zigzag(c.to());
        write(c.share(), rating);
        evidence.string(c.subject());
      }
      case Command.Received c -> {
        rating.u8(RECEIVED);
        rating.zigzag(c.from());
        rating.zigzag(c.seq());
        rating.zigzag(c.n());
        MessageCodec.write(c.message(), rating, evidence);
      }
      case Command.Account c -> {
        String reason = c.request().reason();
        rating.u8(reason.isEmpty() ? ACCOUNT : ACCOUNT_BECAUSE);
        RequestCodec.write(c.request(), rating);
        if (!reason.isEmpty()) {
          evidence.string(reason); // It may name people.
        }
      }
    }
  }

  static Command read(ByteReader rating, @Nullable ByteReader evidence) {
    int tag = rating.u8();
    return switch (tag) {
      case SUBSCRIBE, SUBSCRIBE_SHARING ->
          new Command.Subscribe(
              rating.zigzag(),
              evidence == null ? "" : evidence.string(),
              number(rating),
              number(rating),
              rating.zigzag(),
              rating.zigzag(),
              tag == SUBSCRIBE ? null : share(rating));
      case SUSPEND -> {
        int source = number(rating);
        Reason reason = REASONS[rating.u8()];
        long fingerprint = rating.fixed64();
        long receivedAt = rating.zigzag();
        int rawSize = number(rating);
        byte[] raw = evidence == null ? NONE : evidence.bytes();
        byte[] rawHash = evidence == null ? NONE : evidence.bytes();
        yield new Command.Suspend(source, reason, fingerprint, receivedAt, raw, rawSize, rawHash);
      }
      case CLOSE_PERIOD -> new Command.ClosePeriod(number(rating));
      case RECYCLED ->
          new Command.Recycled(
              number(rating),
              number(rating),
              rating.bytes(),
              rating.bool() ? rating.string() : null);
      case DISCARD -> {
        int source = number(rating);
        List<byte[]> hashes = new ArrayList<>();
        for (int left = rating.count(MOST_DISCARDED); left > 0; left--) {
          hashes.add(rating.bytes());
        }
        yield new Command.Discard(source, hashes);
      }
      case MOVE, MOVE_SHARING -> {
        long subscription = rating.zigzag();
        long at = rating.zigzag();
        long successor = rating.zigzag();
        int shard = number(rating);
        int account = number(rating);
        int offer = number(rating);
        long to = rating.zigzag();
        Command.Share share = tag == MOVE ? null : share(rating);
        String subject = evidence == null ? "" : evidence.string();
        yield new Command.Move(
            subscription, at, successor, shard, subject, account, offer, to, share);
      }
      case RECEIVED ->
          new Command.Received(
              number(rating), rating.zigzag(), number(rating), MessageCodec.read(rating, evidence));
      case ACCOUNT -> new Command.Account(RequestCodec.read(rating));
      case ACCOUNT_BECAUSE -> {
        AccountRequest request = RequestCodec.read(rating);
        String reason = evidence == null ? "" : evidence.string();
        yield new Command.Account(request.because(reason));
      }
      default -> throw new IllegalArgumentException("no command has the tag " + tag);
    };
  }

  /** Writes a pool, where there is one: the tag before it tells. */
  static void write(Command.@Nullable Share share, ByteWriter rating) {
    if (share != null) {
      rating.zigzag(share.pool());
      rating.string(share.group());
    }
  }

  static Command.Share share(ByteReader rating) {
    return new Command.Share(rating.zigzag(), rating.string());
  }

  private static int number(ByteReader in) {
    return Math.toIntExact(in.zigzag());
  }
}
