package io.millrace.connectors.source;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The sources that run on this node, by name. */
public final class SourceRegistry {
  private final Map<String, SourceState> sources = new ConcurrentHashMap<>();

  /**
   * Takes a source in.
   *
   * @throws IllegalStateException where another of that name is there: they would share client ids
   */
  public void add(SourceState source) {
    SourceState other = sources.putIfAbsent(source.name(), source);
    if (other != null && other != source) {
      throw new IllegalStateException(
          "source "
              + source.name()
              + " is named by two routes; give one of them another name (source=…)");
    }
  }

  /** Forgets a source that has ended. */
  public void remove(SourceState source) {
    sources.remove(source.name(), source);
  }

  /** The source of that name, if it runs here. */
  public Optional<SourceState> find(String name) {
    return Optional.ofNullable(sources.get(name));
  }

  /** All, by name. */
  public List<SourceState> all() {
    return sources.values().stream().sorted(Comparator.comparing(SourceState::name)).toList();
  }
}
