package io.millrace.tests.oracle;

import java.util.HashMap;
import java.util.Map;

/** What was asked for under which key: it is done once. */
final class Requests {
  /** One that comes again so much later may be done again. */
  private static final long KNOWN = 86_400_000;

  private final Map<String, Long> done = new HashMap<>();

  /**
   * Whether it is done now.
   *
   * @param repeated whether the shard said that it was done before
   */
  boolean isNews(String key, long now, boolean repeated) {
    Long before = done.get(key);
    boolean isNews = before == null || now - before >= KNOWN && !repeated;
    if (isNews) {
      done.put(key, now);
    }
    return isNews;
  }
}
