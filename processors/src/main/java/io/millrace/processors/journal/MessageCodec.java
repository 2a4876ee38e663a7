package io.millrace.processors.journal;

import io.millrace.processors.codec.ByteReader;
import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.ShardMessage;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A message between shards as bytes: in two streams as a command's, or in one while it is under
 * way. Tags are for ever.
 */
public final class MessageCodec {
  private static final int DEVICE = 1;
  private static final int MONEY = 40;
  private static final int DEVICE_SHARING = 60;
  private static final int SPONSORED = 120; // 90 was no release's: it named no catalog.
  private static final int QUOTA_ASK = 91;
  private static final int QUOTA_SLICE = 92;
  private static final int QUOTA_BACK = 93;
  private static final int SPONSORED_LENT = 94;

  private MessageCodec() {}

  /** All of a message. */
  public static byte[] encode(ShardMessage message) {
    ByteWriter rating = new ByteWriter();
    ByteWriter evidence = new ByteWriter();
    write(message, rating, evidence);
    ByteWriter both = new ByteWriter();
    both.bytes(rating.toByteArray());
    both.bytes(evidence.toByteArray());
    return both.toByteArray();
  }

  /**
   * The message of what {@link #encode} made.
   *
   * @throws IllegalArgumentException where these are not such bytes
   */
  public static ShardMessage decode(byte[] bytes) {
    ByteReader both = new ByteReader(bytes);
    ByteReader rating = new ByteReader(both.bytes());
    return read(rating, new ByteReader(both.bytes()));
  }

  static void write(ShardMessage message, ByteWriter rating, ByteWriter evidence) {
    switch (message) {
      case ShardMessage.Device m -> {
        rating.u8(m.share() == null ? DEVICE : DEVICE_SHARING);
        rating.zigzag(m.successor());
        rating.zigzag(m.account());
        rating.zigzag(m.offer());
        rating.zigzag(m.from());
        rating.zigzag(m.to());
        rating.bytes(m.state());
        CommandCodec.write(m.share(), rating);
        evidence.string(m.subject());
      }
      case ShardMessage.Money m -> {
        rating.u8(MONEY);
        rating.zigzag(m.account());
        rating.zigzag(m.from());
        rating.zigzag(m.amount());
        rating.zigzag(m.transit());
        rating.bool(m.returned());
      }
      case ShardMessage.Sponsored m -> {
        rating.u8(m.lent() == 0 ? SPONSORED : SPONSORED_LENT);
        rating.zigzag(m.account());
        rating.zigzag(m.transit());
        if (m.lent() != 0) {
          rating.varint(m.lent());
        }
        rating.varint(m.paid().size());
        m.paid().forEach(paid -> write(paid, rating));
      }
      case ShardMessage.QuotaAsk m -> {
        rating.u8(QUOTA_ASK);
        rating.zigzag(m.account());
        rating.varint(m.needed());
        rating.varint(m.expected());
        rating.varint(m.ahead());
      }
      case ShardMessage.QuotaSlice m -> {
        rating.u8(QUOTA_SLICE);
        rating.zigzag(m.account());
        rating.varint(m.amount());
        rating.zigzag(m.until());
        rating.bool(m.isShort());
      }
      case ShardMessage.QuotaBack m -> {
        rating.u8(QUOTA_BACK);
        rating.zigzag(m.account());
        rating.varint(m.amount());
      }
    }
  }

  static ShardMessage read(ByteReader rating, @Nullable ByteReader evidence) {
    int tag = rating.u8();
    return switch (tag) {
      case DEVICE, DEVICE_SHARING -> device(rating, evidence, tag == DEVICE_SHARING);
      case MONEY ->
          new ShardMessage.Money(
              Math.toIntExact(rating.zigzag()),
              Math.toIntExact(rating.zigzag()),
              rating.zigzag(),
              Math.toIntExact(rating.zigzag()),
              rating.bool());
      case SPONSORED, SPONSORED_LENT -> sponsored(rating, tag == SPONSORED_LENT);
      case QUOTA_ASK ->
          new ShardMessage.QuotaAsk(
              Math.toIntExact(rating.zigzag()), rating.varint(), rating.varint(), rating.varint());
      case QUOTA_SLICE ->
          new ShardMessage.QuotaSlice(
              Math.toIntExact(rating.zigzag()), rating.varint(), rating.zigzag(), rating.bool());
      case QUOTA_BACK ->
          new ShardMessage.QuotaBack(Math.toIntExact(rating.zigzag()), rating.varint());
      default -> throw new IllegalArgumentException("no message has the tag " + tag);
    };
  }

  /** Writes what another account pays of a charge. */
  public static void write(ShardMessage.Paid paid, ByteWriter rating) {
    rating.zigzag(paid.subscription());
    rating.string(paid.catalog());
    rating.zigzag(paid.offer());
    rating.zigzag(paid.charge());
    rating.zigzag(paid.booked());
    rating.bool(paid.late());
    rating.zigzag(paid.windowStart());
    rating.zigzag(paid.windowEnd());
    rating.bool(paid.delta());
    rating.zigzag(paid.firstAt());
    rating.zigzag(paid.lastAt());
    rating.zigzag(paid.amount());
  }

  /** What {@link #write(ShardMessage.Paid, ByteWriter)} wrote. */
  public static ShardMessage.Paid readPaid(ByteReader rating) {
    return new ShardMessage.Paid(
        rating.zigzag(),
        rating.string(),
        Math.toIntExact(rating.zigzag()),
        Math.toIntExact(rating.zigzag()),
        Math.toIntExact(rating.zigzag()),
        rating.bool(),
        rating.zigzag(),
        rating.zigzag(),
        rating.bool(),
        rating.zigzag(),
        rating.zigzag(),
        rating.zigzag());
  }

  private static ShardMessage sponsored(ByteReader rating, boolean isLent) {
    int account = Math.toIntExact(rating.zigzag());
    int transit = Math.toIntExact(rating.zigzag());
    long lent = isLent ? rating.varint() : 0;
    List<ShardMessage.Paid> paid = new ArrayList<>();
    for (int more = rating.count(rating.remaining()); more > 0; more--) {
      paid.add(readPaid(rating));
    }
    return new ShardMessage.Sponsored(account, transit, lent, paid);
  }

  private static ShardMessage device(
      ByteReader rating, @Nullable ByteReader evidence, boolean shares) {
    return new ShardMessage.Device(
        rating.zigzag(),
        evidence == null ? "" : evidence.string(),
        Math.toIntExact(rating.zigzag()),
        Math.toIntExact(rating.zigzag()),
        rating.zigzag(),
        rating.zigzag(),
        rating.bytes(),
        shares ? CommandCodec.share(rating) : null);
  }
}
