package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What differs between two catalogs, as their files say it. Knows the file's shape and none of its
 * words, so that whatever the language can say is compared.
 */
public final class CatalogChanges {
  private static final Map<String, String> KINDS =
      Map.of("offers", "offer", "charges", "charge", "meters", "meter");

  /** What names an item of a list. */
  private static final List<String> NAMES = List.of("party", "band", "allowance");

  private static final Pattern NUMBER = Pattern.compile("-?\\d{1,40}(\\.\\d{1,40})?");

  private final List<Change> changes = new ArrayList<>();

  /**
   * One difference.
   *
   * @param where like {@code offer lamp, charge energy, per-unit}
   * @param before as the file says it; empty where it is new
   * @param after as the file says it; empty where it is gone
   */
  public record Change(String where, String before, String after) {
    @Override
    public String toString() {
      return before.isEmpty()
          ? where + " is new: " + after
          : after.isEmpty() ? where + " is gone: " + before : where + ": " + before + " → " + after;
    }
  }

  private CatalogChanges() {}

  /**
   * What leads from one catalog to another, in the order of the first file; what is new comes after
   * what was beside it. Numbers that are equal are the same, however they are written.
   *
   * @param before bytes of a file that {@link CatalogFile#read} accepts
   * @param after likewise
   * @throws IllegalArgumentException where it isn't YAML
   */
  public static List<Change> between(byte[] before, byte[] after) {
    CatalogChanges changes = new CatalogChanges();
    changes.compare("", tree(before), tree(after));
    return List.copyOf(changes.changes);
  }

  private static Yaml tree(byte[] bytes) {
    Problems problems = new Problems("catalog");
    Yaml tree = YamlReader.read(bytes, problems);
    if (tree == null) {
      throw new IllegalArgumentException("no catalog: " + problems.sorted());
    }
    return tree;
  }

  private void compare(String where, Yaml before, Yaml after) {
    if (before instanceof Yaml.Mapping b && after instanceof Yaml.Mapping a) {
      each(where, children(b), children(a));
    } else if (before instanceof Yaml.Sequence b
        && after instanceof Yaml.Sequence a
        && isOfMappings(b)
        && isOfMappings(a)) {
      Map<String, Yaml> first = items(b);
      Map<String, Yaml> then = items(a);
      order(where, new ArrayList<>(first.keySet()), new ArrayList<>(then.keySet()));
      each(where, first, then);
    } else if (!isSame(before, after)) {
      changes.add(new Change(where, text(before), text(after)));
    }
  }

  private void each(String where, Map<String, Yaml> before, Map<String, Yaml> after) {
    before.forEach(
        (name, value) -> {
          Yaml now = after.get(name);
          if (now == null) {
            changes.add(new Change(in(where, name), text(value), ""));
          } else {
            compare(in(where, name), value, now);
          }
        });
    after.forEach(
        (name, value) -> {
          if (!before.containsKey(name)) {
            changes.add(new Change(in(where, name), "", text(value)));
          }
        });
  }

  /** Of a list's items the first that fits may count. */
  private void order(String where, List<String> before, List<String> after) {
    before.retainAll(after);
    after.retainAll(before);
    if (!before.equals(after)) {
      changes.add(
          new Change(in(where, "order"), String.join(", ", before), String.join(", ", after)));
    }
  }

  private static String in(String where, String name) {
    return where.isEmpty() ? name : where + ", " + name;
  }

  /** By what they are called; what a key like {@code offers} holds are children of its parent. */
  private static Map<String, Yaml> children(Yaml.Mapping of) {
    Map<String, Yaml> children = new LinkedHashMap<>();
    for (Yaml.Entry entry : of.entries()) {
      String key = entry.key().text();
      String kind = KINDS.get(key);
      if (kind != null && entry.value() instanceof Yaml.Mapping all) {
        all.entries().forEach(e -> children.put(kind + ' ' + e.key().text(), e.value()));
      } else {
        children.put(key, entry.value());
      }
    }
    return children;
  }

  private static boolean isOfMappings(Yaml.Sequence of) {
    return of.items().stream().allMatch(Yaml.Mapping.class::isInstance);
  }

  /** By their names, and by their places where they have none. */
  private static Map<String, Yaml> items(Yaml.Sequence of) {
    Map<String, Yaml> items = new LinkedHashMap<>();
    for (int i = 0; i < of.items().size(); i++) {
      String name = String.valueOf(i + 1);
      for (Yaml.Entry entry : ((Yaml.Mapping) of.items().get(i)).entries()) {
        if (NAMES.contains(entry.key().text())) {
          name = entry.key().text() + ' ' + text(entry.value());
        }
      }
      items.put(name, of.items().get(i));
    }
    return items;
  }

  private static boolean isSame(Yaml before, Yaml after) {
    String b = text(before);
    String a = text(after);
    return b.equals(a)
        || NUMBER.matcher(b).matches()
            && NUMBER.matcher(a).matches()
            && new BigDecimal(b).compareTo(new BigDecimal(a)) == 0;
  }

  private static String text(Yaml of) {
    return switch (of) {
      case Yaml.Scalar scalar -> scalar.text();
      case Yaml.Sequence list ->
          list.items().stream()
              .map(CatalogChanges::text)
              .collect(Collectors.joining(", ", "[", "]"));
      case Yaml.Mapping map ->
          map.entries().stream()
              .map(e -> e.key().text() + ": " + text(e.value()))
              .collect(Collectors.joining(", ", "{", "}"));
    };
  }
}
