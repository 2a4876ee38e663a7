package io.millrace.catalog;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The keys of one mapping, each at most once. A method that returns null has added the problem,
 * unless it says otherwise.
 */
final class Fields {

  private final Problems problems;
  private final Yaml owner;
  private final String what;
  private final Map<String, Yaml.Entry> byKey;

  private Fields(Problems problems, Yaml owner, String what, Map<String, Yaml.Entry> byKey) {
    this.problems = problems;
    this.owner = owner;
    this.what = what;
    this.byKey = byKey;
  }

  /**
   * The keys of a mapping.
   *
   * @param owner where to report what is missing: the key that the mapping belongs to
   * @param what it is, for messages: {@code the offer 'lamp'}
   */
  static @Nullable Fields of(Yaml value, Yaml owner, String what, Problems problems) {
    if (!(value instanceof Yaml.Mapping mapping)) {
      problems.add(value, "bad-type", what + " must be a list of keys", "Write 'key: value' lines");
      return null;
    }
    Map<String, Yaml.Entry> byKey = new LinkedHashMap<>();
    for (Yaml.Entry entry : mapping.entries()) {
      String key = entry.key().text();
      Yaml.Entry first = byKey.putIfAbsent(key, entry);
      if (first != null) {
        problems.add(
            entry.key(),
            "duplicate-key",
            Problems.quote(key) + " is already in line " + first.key().line(),
            "Keep one of them");
      }
    }
    return new Fields(problems, owner, what, byKey);
  }

  /** Adds a problem for each key that is not one of these. */
  Fields allow(Set<String> known) {
    for (Yaml.Entry entry : byKey.values()) {
      String key = entry.key().text();
      if (!known.contains(key)) {
        problems.add(
            entry.key(),
            "unknown-key",
            what + " has no " + Problems.quote(key),
            Spelling.fix(key, known));
      }
    }
    return this;
  }

  Collection<Yaml.Entry> entries() {
    return byKey.values();
  }

  boolean has(String key) {
    return byKey.containsKey(key);
  }

  /** The entry of a key; null, and no problem, where it is not there. */
  Yaml.@Nullable Entry optional(String key) {
    return byKey.get(key);
  }

  /** The entry of a key that is there. */
  Yaml.Entry entry(String key) {
    return Objects.requireNonNull(byKey.get(key), key);
  }

  /** The entry of a key that must be there. */
  Yaml.@Nullable Entry required(String key, String example) {
    Yaml.Entry entry = byKey.get(key);
    if (entry == null) {
      problems.add(owner, "missing-field", what + " has no '" + key + "'", "Add '" + example + "'");
    }
    return entry;
  }

  /** The text of a key that must be there. */
  Yaml.@Nullable Scalar text(String key, String example) {
    Yaml.Entry entry = required(key, example);
    return entry == null ? null : scalar(entry, example);
  }

  /** The text of a key; null, and no problem, where it is not there. */
  Yaml.@Nullable Scalar optionalText(String key, String example) {
    Yaml.Entry entry = byKey.get(key);
    return entry == null ? null : scalar(entry, example);
  }

  /** The items of a key; empty, and no problem, where it is not there. */
  List<Yaml> items(String key, String example) {
    Yaml.Entry entry = byKey.get(key);
    if (entry == null) {
      return List.of();
    }
    if (entry.value() instanceof Yaml.Sequence sequence) {
      return sequence.items();
    }
    problems.add(
        entry.value(), "bad-type", "'" + key + "' must be a list", "Write '" + example + "'");
    return List.of();
  }

  private Yaml.@Nullable Scalar scalar(Yaml.Entry entry, String example) {
    String key = entry.key().text();
    if (!(entry.value() instanceof Yaml.Scalar scalar)) {
      problems.add(
          entry.value(), "bad-type", "'" + key + "' must be one value", "Write '" + example + "'");
      return null;
    }
    if (scalar.text().isBlank()) {
      problems.add(
          entry.key(), "missing-value", "'" + key + "' is empty", "Write '" + example + "'");
      return null;
    }
    return scalar;
  }
}
