package io.millrace.processors.shard;

import io.millrace.processors.codec.ByteWriter;
import io.millrace.processors.shard.Effects.ChargeRow;
import io.millrace.processors.usage.UsageBatch;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The hashes that seal records: SHA-256 (FIPS 180-4) over their fields in a fixed order. */
public final class Digests {
  private Digests() {}

  /** A new SHA-256. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  /** What identifies an event in suspense: the hash of its source and all its bytes. */
  public static byte[] suspense(int source, byte[] raw) {
    MessageDigest digest = sha256();
    digest.update(ByteBuffer.allocate(4).putInt(source).array());
    return digest.digest(raw);
  }

  /** The first eight bytes of a hash. */
  public static long head(byte[] hash) {
    return ByteBuffer.wrap(hash).getLong();
  }

  /**
   * What tells a row that can't be charged from another: 64 bits over what the journal's rating
   * column says of it, so that a replay without the evidence comes to the same.
   *
   * @param device the first subscription of the row's device: the row's own may be a later one when
   *     the event comes again
   */
  static long fingerprint(UsageBatch usage, int i, long device) {
    ByteWriter out = new ByteWriter(64);
    out.fixed32(usage.source[i]);
    out.fixed64(device);
    out.fixed64(usage.eventId[i]);
    out.bool(usage.numbered[i]);
    out.fixed64(usage.occurredAt[i]);
    out.fixed32(usage.type[i]);
    for (int v = usage.valueFrom[i]; v < usage.valueFrom[i + 1]; v++) {
      out.fixed64(usage.values[v]);
    }
    return head(sha256().digest(out.toByteArray()));
  }

  /** The row with its digest. */
  static ChargeRow sealed(ShardKey shard, long seq, ChargeRow row) {
    return new ChargeRow(
        row.n(),
        row.subscription(),
        row.account(),
        row.catalog(),
        row.offer(),
        row.name(),
        row.period(),
        row.late(),
        row.windowStart(),
        row.windowEnd(),
        row.delta(),
        row.events(),
        row.quantity(),
        row.amount(),
        row.firstAt(),
        row.lastAt(),
        row.tiers(),
        row.evidence(),
        charge(shard, seq, row));
  }

  /** The digest of a charge: of its id and every field but the digest. */
  public static byte[] charge(ShardKey shard, long seq, ChargeRow row) {
    ByteWriter out = new ByteWriter(256);
    out.fixed32(shard.tenant());
    out.fixed32(shard.number());
    out.fixed64(seq);
    out.fixed32(row.n());
    out.fixed64(row.subscription());
    out.fixed32(row.account());
    out.string(row.catalog());
    out.string(row.offer());
    out.string(row.name());
    out.fixed32(row.period());
    out.bool(row.late());
    out.fixed64(row.windowStart());
    out.fixed64(row.windowEnd());
    out.bool(row.delta());
    out.fixed32(row.events());
    out.fixed64(row.quantity());
    out.fixed64(row.amount());
    out.fixed64(row.firstAt());
    out.fixed64(row.lastAt());
    out.bytes(row.tiers());
    out.bytes(row.evidence());
    return sha256().digest(out.toByteArray());
  }
}
