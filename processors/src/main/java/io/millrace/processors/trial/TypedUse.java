package io.millrace.processors.trial;

import io.millrace.catalog.CatalogTest.Use;
import io.millrace.processors.rating.Rules;
import io.millrace.processors.rating.Rules.EventType;
import io.millrace.processors.usage.UsageBatch;
import java.nio.charset.StandardCharsets;

/** Events that a person wrote down, as rows of usage. */
public final class TypedUse {
  private TypedUse() {}

  /**
   * Appends an event.
   *
   * @param subscription of its device
   * @param id its number: one that comes again is a duplicate
   */
  public static void add(Use use, Rules rules, long subscription, long id, UsageBatch to) {
    int type = 0;
    while (!rules.types().get(type).name().equals(use.eventType())) {
      type++;
    }
    EventType read = rules.types().get(type);
    long[] values = new long[read.meters().size()];
    for (int v = 0; v < values.length; v++) {
      long none = read.meters().get(v).where().isEmpty() ? 0 : UsageBatch.NOT_READ;
      values[v] = use.readings().getOrDefault(read.meters().get(v).name(), none);
    }
    long at = use.at().toEpochMilli();
    byte[] raw = Long.toString(id).getBytes(StandardCharsets.US_ASCII);
    to.add(0, subscription, 1, id, true, at, at, type, values, values.length, raw, 0, raw.length);
  }
}
