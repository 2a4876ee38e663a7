package io.millrace.catalog;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The part of JSON Schema 2020-12 that the catalog's uses, by the specification; a keyword that it
 * doesn't know is an error, not passed over.
 */
final class SchemaJudge {
  private static final Set<String> WORDS = Set.of("$schema", "$defs", "title");

  private final Map<?, ?> root;

  SchemaJudge(Map<String, Object> root) {
    this.root = root;
  }

  boolean accepts(Object value) {
    return accepts(root, value);
  }

  private boolean accepts(Map<?, ?> schema, Object value) {
    return schema.entrySet().stream()
        .allMatch(keyword -> holds(schema, (String) keyword.getKey(), keyword.getValue(), value));
  }

  private boolean holds(Map<?, ?> schema, String keyword, Object says, Object value) {
    if (WORDS.contains(keyword)) {
      return true;
    }
    return switch (keyword) {
      case "$ref" -> {
        String name = ((String) says).substring("#/$defs/".length());
        yield accepts((Map<?, ?>) ((Map<?, ?>) root.get("$defs")).get(name), value);
      }
      case "type" ->
          (says instanceof List<?> any ? any : List.of(says))
              .stream().anyMatch(type -> isA((String) type, value));
      case "enum" -> ((List<?>) says).contains(value);
      case "pattern" ->
          !(value instanceof String text) || Pattern.compile((String) says).matcher(text).find();
      case "minimum" ->
          !(value instanceof Number n) || decimal(n).compareTo(decimal((Number) says)) >= 0;
      case "maximum" ->
          !(value instanceof Number n) || decimal(n).compareTo(decimal((Number) says)) <= 0;
      case "anyOf" -> ((List<?>) says).stream().anyMatch(one -> accepts((Map<?, ?>) one, value));
      case "oneOf" ->
          ((List<?>) says).stream().filter(one -> accepts((Map<?, ?>) one, value)).count() == 1;
      case "items" ->
          !(value instanceof List<?> all)
              || all.stream().allMatch(item -> accepts((Map<?, ?>) says, item));
      case "minItems" -> !(value instanceof List<?> all) || all.size() >= (Integer) says;
      default -> !(value instanceof Map<?, ?> members) || holds(schema, keyword, says, members);
    };
  }

  private boolean holds(Map<?, ?> schema, String keyword, Object says, Map<?, ?> members) {
    return switch (keyword) {
      case "required" -> members.keySet().containsAll((List<?>) says);
      case "minProperties" -> members.size() >= (Integer) says;
      case "propertyNames" ->
          members.keySet().stream().allMatch(name -> accepts((Map<?, ?>) says, name));
      case "properties" ->
          ((Map<?, ?>) says)
              .entrySet().stream()
                  .filter(p -> members.containsKey(p.getKey()))
                  .allMatch(p -> accepts((Map<?, ?>) p.getValue(), members.get(p.getKey())));
      case "additionalProperties" -> {
        Set<?> known =
            schema.get("properties") instanceof Map<?, ?> named ? named.keySet() : Set.of();
        yield members.entrySet().stream()
            .filter(m -> !known.contains(m.getKey()))
            .allMatch(
                m -> says instanceof Map<?, ?> of ? accepts(of, m.getValue()) : (Boolean) says);
      }
      default -> throw new AssertionError("the judge doesn't know " + keyword);
    };
  }

  private static boolean isA(String type, Object value) {
    return switch (type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "number" -> value instanceof Number;
      case "integer" -> value instanceof Number n && decimal(n).stripTrailingZeros().scale() <= 0;
      default -> throw new AssertionError("the judge doesn't know the type " + type);
    };
  }

  private static BigDecimal decimal(Number n) {
    return new BigDecimal(n.toString());
  }
}
