package io.millrace.connectors.shard;

import io.millrace.processors.shard.AccountRequest;
import io.millrace.processors.shard.Shard;
import java.util.List;

/**
 * A request to an account whose uses have no rows of usage yet: they are made as the shards' thread
 * takes it, since only then is it known what they are used within.
 */
public sealed interface RowedRequest permits AccountUse, SessionUses {

  /**
   * What is to be made a row each; none where it is known to be refused.
   *
   * @param now when what is used without a reservation is used, milliseconds since 1970-01-01 UTC
   */
  List<AccountUse> uses(Shard owned, long now);

  /** What it keeps of what was sent, while it waits: characters, about as many bytes. */
  long size();

  /**
   * The request.
   *
   * @param rows of the uses, in their order, by index in the section; {@link
   *     AccountRequest.Use#NO_ROW} for one that could not be made; none at all where the shard is
   *     elsewhere
   */
  AccountRequest request(int[] rows);
}
