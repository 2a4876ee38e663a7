package io.millrace.connectors.http;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/** The HTTP sources that run on this node, by name. */
public final class HttpSources {
  /** The one that is posted to where no other is named. */
  public static final String DEFAULT = "http";

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,63}");

  private final Map<String, HttpSource> running = new ConcurrentHashMap<>();

  static boolean isName(String text) {
    return NAME.matcher(text).matches();
  }

  void add(HttpSource source) {
    running.put(source.name(), source);
  }

  void remove(HttpSource source) {
    running.remove(source.name(), source);
  }

  /** The source of that name, if a route has it. */
  public Optional<HttpSource> find(String name) {
    return Optional.ofNullable(running.get(name));
  }
}
