package io.millrace.processors.shard;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The identity of a sealed charge: {@code tenant-shard-seq-n}, as printed on statements and taken
 * by {@code explain}.
 *
 * @param tenant the tenant's id
 * @param shard the shard that sealed it
 * @param seq that shard's commit
 * @param n its place in the commit, from 0
 */
public record ChargeId(int tenant, int shard, long seq, int n) {

  private static final Pattern TEXT =
      Pattern.compile("(\\d{1,9})-(\\d{1,4})-(\\d{1,18})-(\\d{1,9})");

  public ChargeId {
    if (tenant < 0 || shard < 0 || seq < 0 || n < 0) {
      throw new IllegalArgumentException("a charge's id has no negative part");
    }
  }

  /** Reads the text that {@link #toString} writes; empty where it isn't one. */
  public static Optional<ChargeId> parse(String text) {
    Matcher m = TEXT.matcher(text);
    if (!m.matches()) {
      return Optional.empty();
    }
    ChargeId id =
        new ChargeId(
            Integer.parseInt(m.group(1)),
            Integer.parseInt(m.group(2)),
            Long.parseLong(m.group(3)),
            Integer.parseInt(m.group(4)));
    return Optional.of(id).filter(i -> i.toString().equals(text));
  }

  @Override
  public String toString() {
    return tenant + "-" + shard + "-" + seq + "-" + n;
  }
}
