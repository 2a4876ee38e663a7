package io.millrace.connectors.shard;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Shard;
import java.util.List;

/**
 * Something that was used and is to be charged now, before it has a row of usage.
 *
 * @param source the id of the source that its row is counted for
 * @param seq its reservation's; 0 where there is none
 * @param n its reservation's
 * @param subscription whose, where there is no reservation
 * @param type the event type, by index; the reservation's, where there is one
 * @param value which of the type's readings, −1 where the event itself counts; likewise
 * @param quantity in the meter's scaled integers, 0 at least
 * @param last whether what is left of the reservation is released
 * @param raw what was asked, as evidence
 */
public record AccountUse(
    AccountRequest.Key key,
    int source,
    long seq,
    int n,
    long subscription,
    int type,
    int value,
    long quantity,
    boolean last,
    String raw)
    implements RowedRequest {

  public AccountUse {
    if (quantity < 0) {
      throw new IllegalArgumentException("a use of " + quantity);
    }
  }

  @Override
  public long size() {
    return raw.length();
  }

  @Override
  public List<AccountUse> uses(Shard owned, long now) {
    return List.of(this);
  }

  @Override
  public AccountRequest request(int[] rows) {
    return new AccountRequest.Use(
        key, rows.length == 0 ? AccountRequest.Use.NO_ROW : rows[0], seq, n, last);
  }
}
